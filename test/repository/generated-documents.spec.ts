import { spawnSync } from 'node:child_process';

describe('a generated document', () => {
  it.each([
    ['docs/messages.md', 'tools/generate-messages.mjs'],
    ['docs/configuration.md', 'tools/generate-configuration.mjs'],
    ['docs/openapi.json, with the types of the console’s client,', 'tools/generate-openapi.mjs'],
  ])(
    '%s is what `npm run generate` makes of the code',
    (_document, generator) => {
      const { status, stderr } = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
    60_000,
  );
});
