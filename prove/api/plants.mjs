// What a change of the gateway can do to the API without anybody having meant it.

/** @type {readonly import('../harness/planted-build.mjs').Plant[]} */
export const PLANTS = [
  {
    name: 'undocumented-field',
    bug: 'a project is answered with a field that the document does not have',
    patches: [
      [
        'apps/gateway/src/projects/projects.controller.js',
        'return this.bus.request(getProject, params, MANAGEMENT_REQUEST);',
        'return this.bus.request(getProject, params, MANAGEMENT_REQUEST).then((project) => ({ ...project, ownerEmail: "a@example.com" }));',
      ],
    ],
  },
  {
    name: 'undocumented-status',
    bug: 'a batch of verifications is answered with 201',
    patches: [
      [
        'apps/gateway/src/verification/verification.controller.js',
        'this.verifier = verifier;',
        'this.verifier = verifier; Reflect.defineMetadata("__httpCode__", 201, VerificationController.prototype.batchVerify);',
      ],
    ],
  },
];
