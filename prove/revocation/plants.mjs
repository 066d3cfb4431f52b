// Protocols that fail, each as a change of what was built.
import { AMBUSH } from './ambushes.mjs';

/** @typedef {import('../harness/planted-build.mjs').Plant} Plant */
/** @typedef {import('../harness/planted-build.mjs').Patch} Patch */

const SCRIPTS = 'libs/key-fence/src/scripts.js';
const DELETION = 'apps/key-management/src/api-keys/api-key-deletion.js';
const CREATION = 'apps/key-management/src/api-keys/api-key-creation.js';
const SERVICE = 'apps/key-management/src/api-keys/api-keys.service.js';
const QUERIES = 'apps/key-management/src/api-keys/api-key-queries.js';
const CACHE = 'apps/verification/src/verification/key-cache.js';
const RECORDS = 'apps/verification/src/verification/key-records.js';
const VERIFICATION = 'apps/verification/src/verification/verification.service.js';
const VERIFIER = 'apps/gateway/src/verification/verifier.js';

/**
 * Bugs that need something slow to happen within one read, or one statement, get more time for it than we give: a slow machine
 * must be able to find them.
 *
 * @type {readonly Patch[]}
 */
const PATIENT_VERIFIER = [
  [RECORDS, 'READ_BUDGET_MS = 700', 'READ_BUDGET_MS = 2_400'],
  [
    'libs/key-fence/src/key-fence.config.js',
    'FILL_TOKEN_LIFETIME_MS = 1_000',
    'FILL_TOKEN_LIFETIME_MS = 2_500',
  ],
];

/** @type {readonly Plant[]} */
export const PLANTS = [
  {
    name: 'plain-fill',
    bug: 'a fill needs no token',
    exposedBy: AMBUSH.slowRead,
    patches: [[SCRIPTS, 'if tokens[i] == token then', 'if true then']],
  },
  {
    name: 'fill-ignores-run',
    bug: 'a fill takes a token of an earlier run of Redis',
    exposedBy: AMBUSH.slowReadAndRollback,
    patches: [[SCRIPTS, `'^' .. run_id .. ':(%d+):'`, `':(%d+):'`], ...PATIENT_VERIFIER],
  },
  {
    name: 'fence-leaves-entry',
    bug: 'the fence removes the token and leaves the entry',
    patches: [[SCRIPTS, `redis.call('DEL', unpack(KEYS))`, `redis.call('DEL', unpack(KEYS, #KEYS / 2 + 1))`]],
  },
  {
    name: 'no-run-id',
    bug: 'entries and tokens of all runs of Redis are equal',
    exposedBy: AMBUSH.slowReadAndRollback,
    patches: [[SCRIPTS, `string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')`, `string.rep('0', 40)`]],
  },
  {
    name: 'redis-errors-ignored',
    bug: 'a fence that failed counts as done',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [
      [
        DELETION,
        '            return false;\n        }\n    }\n    isDeleted(id)',
        '            return true;\n        }\n    }\n    isDeleted(id)',
      ],
    ],
  },
  {
    name: 'early-answer-on-retry',
    bug: 'a DELETE of a key that is being deleted is answered at once',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [
      [
        DELETION,
        'id: key.id,\n            keyHash',
        'wasDeleting: affected !== 1, id: key.id,\n            keyHash',
      ],
      [
        DELETION,
        `if (key === undefined) throw new DomainError('API_KEY_NOT_FOUND');`,
        `if (key === undefined) throw new DomainError('API_KEY_NOT_FOUND'); if (key.wasDeleting) return;`,
      ],
    ],
  },
  {
    name: 'deleted-before-fence',
    bug: '`deleted` is committed before the fence',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [
      [
        DELETION,
        `const key = await manager.findOneBy(ApiKeyEntity, {
            id: keyId,
            projectId,
            state: 'deleting'
        });`,
        `await manager.update(ApiKeyEntity, { id: keyId, state: 'deleting' }, { state: 'deleted' });
        const key = affected === 1 ? await manager.findOneBy(ApiKeyEntity, { id: keyId, projectId }) : null;`,
      ],
    ],
  },
  {
    name: 'reject-without-fence',
    bug: 'a verifier rejects a key that is being deleted and does not fence it',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [[VERIFICATION, 'return this.cache.fence(deleting);', 'return true;']],
  },
  {
    name: 'joined-calls',
    bug: 'a call joins a verification of the same key that is already in flight',
    exposedBy: AMBUSH.slowRead,
    patches: [
      ...PATIENT_VERIFIER,
      [VERIFIER, 'ATTEMPT_TIMEOUT_MS = 900', 'ATTEMPT_TIMEOUT_MS = 5_000'],
      [VERIFIER, 'this.forming.get(keyHash)', '(this.forming.get(keyHash) ?? this.asked?.get(keyHash))'],
      [
        VERIFIER,
        'const questions = this.forming;',
        'const questions = this.forming; this.asked = new Map([...(this.asked ?? []), ...questions]);',
      ],
      [
        VERIFIER,
        'clearTimeout(late);',
        'clearTimeout(late); for (const hash of questions.keys()) this.asked.delete(hash);',
      ],
    ],
  },
  {
    name: 'lagging-replica',
    bug: 'verifiers read what PostgreSQL knew up to half a second ago',
    patches: [
      [
        RECORDS,
        'client.release();\n            return rows;',
        `client.release();
            const read = (this.lagging ??= new Map());
            return rows.map((row) => {
              const known = read.get(row.key_id);
              if (known && performance.now() - known.atMs < 500) return known.row;
              read.set(row.key_id, { row, atMs: performance.now() });
              return row;
            });`,
      ],
    ],
  },
  {
    name: 'cached-verdict',
    bug: 'what is cached is valid until the entry ends, whenever the key expires',
    patches: [
      [CACHE, 'fromText(answer) : undefined', '({ ...fromText(answer), expiresAtMs: null }) : undefined'],
    ],
  },
  {
    name: 'stored-timestamp',
    // Without the reserves F and margin, which make up for some of the lateness of the commit: on a slow machine for all of it.
    bug: 'the wait counts from a time that PostgreSQL has stored, not from the COMMIT that was seen',
    exposedBy: AMBUSH.slowCommit,
    patches: [
      [
        'libs/database/src/database.module.js',
        'STATEMENT_TIMEOUT_MS = 4_000',
        'STATEMENT_TIMEOUT_MS = 20_000',
      ],
      [DELETION, 'deletedBy: by.actor\n', `deletedBy: by.actor, deletedAt: ()=>'now()'\n`],
      [
        DELETION,
        'id: key.id,\n            keyHash',
        'storedAt: key.deletedAt, id: key.id,\n            keyHash',
      ],
      [
        DELETION,
        'const safeAtMs = key.seenAtMs + await this.waitMs();',
        `const sinceMs = key.storedAt ? performance.now() - (Date.now() - key.storedAt) : key.seenAtMs;
        const safeAtMs = sinceMs + await this.entryLifetime.longestMs();`,
      ],
    ],
  },
  {
    name: 'list-omits-too-early',
    bug: 'a list omits a key while it is being deleted',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [[QUERIES, ".where(`key.state <> 'deleted'`)", ".where(`key.state = 'active'`)"]],
  },
  {
    name: 'whoami-forgets-deleting',
    bug: '`whoami` takes a key that is being deleted for gone',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [
      [
        SERVICE,
        "id: keyId,\n                    state: Not('deleted')",
        "id: keyId,\n                    state: 'active'",
      ],
    ],
  },
  {
    name: 'note-forgets-deleting',
    bug: 'the note of a key that is being deleted cannot be changed: 404',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [
      [
        SERVICE,
        'const detail = `${nameOf(key)} → ',
        "if (key.state !== 'active') throw new DomainError('API_KEY_NOT_FOUND'); const detail = `${nameOf(key)} → ",
      ],
    ],
  },
  {
    name: 'replacement-forgets-deleting',
    bug: 'a key that is being deleted cannot be replaced: 404',
    exposedBy: AMBUSH.deletersWithoutRedis,
    patches: [
      [
        CREATION,
        'const id = uuidv7();',
        "if (predecessor && predecessor.state !== 'active') throw new DomainError('API_KEY_NOT_FOUND'); const id = uuidv7();",
      ],
    ],
  },
];
