import * as contracts from '#contracts';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import {
  loadCredentials,
  startNats,
  startRedis,
  startSessionRedis,
  temporaryDirectory,
} from '../tools/stack/servers.mjs';
import { asOwner, createTestDatabase } from './support/database.js';

// What a service may do stands here once more, by hand. Everything else that exists has to be denied: relations, subjects
// and commands come from the servers and from the code, so that a new one is denied to everybody until it is listed.

const READ_AND_ADD = 'INSERT SELECT';
const ALL_ROWS = 'DELETE INSERT SELECT UPDATE';

/** By role and relation. A list of columns: only these. */
const GRANTS: Record<string, Record<string, string>> = {
  traylinx_key_management: {
    'key_management.api_keys': `${READ_AND_ADD} UPDATE(deleted_at,deleted_by,note,state)`,
    'key_management.audit_events': READ_AND_ADD,
    'key_management.entry_lifetime': 'SELECT UPDATE(changes,current_ms,longest_ms)',
    'key_management.idempotency_keys': 'DELETE INSERT SELECT',
    'key_management.notifications': `${READ_AND_ADD} UPDATE(attempts,delivered_at,given_up_at,last_error,next_attempt_at)`,
    'key_management.projects': `${READ_AND_ADD} UPDATE(deleted_at,name)`,
    'usage_tracking.api_key_refusals': 'SELECT',
    'usage_tracking.api_key_usage': 'SELECT',
    'usage_tracking.api_key_use_counts': 'SELECT',
    'usage_tracking.usage_completeness': 'SELECT',
  },
  traylinx_verification: { 'key_management.api_key_records': 'SELECT' },
  traylinx_usage_tracking: {
    'key_management.api_key_creations': 'SELECT',
    'key_management.api_key_records': 'SELECT',
    'usage_tracking.api_key_refusals': 'SELECT',
    'usage_tracking.api_key_usage': 'SELECT',
    'usage_tracking.api_key_use_counts': 'SELECT',
    'usage_tracking.daily_uses': ALL_ROWS,
    'usage_tracking.dead_letters': 'DELETE INSERT SELECT',
    'usage_tracking.hourly_uses': ALL_ROWS,
    'usage_tracking.key_usage': 'INSERT SELECT UPDATE',
    'usage_tracking.publishers': ALL_ROWS,
    'usage_tracking.recording_horizon': 'SELECT UPDATE',
    'usage_tracking.refusals': ALL_ROWS,
    'usage_tracking.usage_completeness': 'SELECT',
  },
};

const OURS = `nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'`;
const WHAT_EACH_ROLE_MAY = `
  SELECT role, nspname || '.' || relname AS relation, string_agg(
    CASE WHEN has_table_privilege(role, c.oid, privilege) THEN privilege
    ELSE privilege || '(' || (
      SELECT string_agg(attname, ',' ORDER BY attname) FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND has_column_privilege(role, c.oid, attnum, privilege)
    ) || ')' END, ' ' ORDER BY privilege) AS granted
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace, unnest($1::text[]) AS role,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) AS privilege
  WHERE ${OURS} AND relkind IN ('r', 'v', 'm', 'p', 'f') AND (has_table_privilege(role, c.oid, privilege)
    OR privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(role, c.oid, privilege))
  GROUP BY 1, 2`;

describe('in PostgreSQL', () => {
  const roles = Object.keys(GRANTS);

  it('each role may do what is listed, and nothing to any other table or view', async () => {
    const { ownerUrl } = await createTestDatabase();
    await asOwner(ownerUrl, async (client) => {
      const { rows } = await client.query<{ role: string; relation: string; granted: string }>(
        WHAT_EACH_ROLE_MAY,
        [roles],
      );
      const actual: typeof GRANTS = {};
      for (const { role, relation, granted } of rows) (actual[role] ??= {})[relation] = granted;
      expect(actual).toEqual(GRANTS);
    });
  });

  it('no role owns anything, creates anything, or stands above the others', async () => {
    const { ownerUrl } = await createTestDatabase();
    await asOwner(ownerUrl, async (client) => {
      const powers = await client.query(
        `SELECT rolname FROM pg_roles WHERE rolname = ANY($1) AND
         (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
         UNION SELECT relname FROM pg_class WHERE relowner::regrole::text = ANY($1)
         UNION SELECT role || ' ' || nspname FROM pg_namespace, unnest($1::text[]) AS role
           WHERE ${OURS} AND has_schema_privilege(role, oid, 'CREATE')
         UNION SELECT role || ' ' || relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace, unnest($1::text[]) AS role
           WHERE ${OURS} AND relkind = 'S' AND has_sequence_privilege(role, pg_class.oid, 'USAGE, SELECT, UPDATE')
         UNION SELECT role::text FROM unnest($1::text[]) AS role WHERE has_database_privilege(role, current_database(), 'CREATE')
         UNION SELECT member::regrole::text FROM pg_auth_members WHERE member::regrole::text = ANY($1)`,
        [roles],
      );
      expect(powers.rows).toEqual([]);
    });
  });
});

/** Which subjects of requests each service answers. */
const ANSWERS: Record<string, RegExp> = {
  gateway: /^$/,
  'key-management': /^req\.(api-keys|audit|projects)\.v1\./,
  verification: /^req\.verification\.v1\./,
  'usage-tracking': /^req\.usage\.v1\./,
  // For people: hears everything, says nothing.
  observer: /^/,
};
const SUBJECTS = [
  ...Object.values(contracts).flatMap((value) =>
    typeof value === 'object' && 'subject' in value ? [value.subject] : [],
  ),
  ...Object.keys(ANSWERS).map((service) => `_INBOX.${service}.x`),
  'anything',
  '$JS.API.STREAM.INFO.EVENTS',
  '$JS.API.STREAM.DELETE.EVENTS',
  '$JS.API.STREAM.PURGE.EVENTS',
  '$JS.API.STREAM.CREATE.OTHER',
  '$JS.API.CONSUMER.DELETE.EVENTS.usage-tracking',
  '$SYS.REQ.SERVER.PING',
];

describe('on the bus', () => {
  const dir = temporaryDirectory('least-privilege-nats');
  const {
    natsGatewayPassword,
    natsKeyManagementPassword,
    natsVerificationPassword,
    natsUsageTrackingPassword,
    natsObserverPassword,
  } = loadCredentials(dir);
  const passwords: Record<string, string> = {
    gateway: natsGatewayPassword,
    'key-management': natsKeyManagementPassword,
    verification: natsVerificationPassword,
    'usage-tracking': natsUsageTrackingPassword,
    observer: natsObserverPassword,
  };
  let nats: Awaited<ReturnType<typeof startNats>>;
  let observer: NatsConnection;

  const as = (user: string): Promise<NatsConnection> => {
    const servers = `127.0.0.1:${new URL(nats.url).port}`;
    return connect({ servers, user, pass: String(passwords[user]) });
  };

  beforeAll(async () => {
    nats = await startNats({ dir });
    observer = await as('observer');
  }, 60_000);
  afterAll(async () => {
    await observer.close();
    await nats.stop();
  });

  it.each(Object.keys(ANSWERS))(
    '%s hears and says what is listed, of every subject that there is',
    async (user) => {
      const port = new URL(nats.url).port;
      const connection = await connect({ servers: `127.0.0.1:${port}`, user, pass: String(passwords[user]) });
      const heard: string[] = [];
      const mirror = observer.subscribe('>', {
        callback: (_error, { subject }) => {
          // What the server itself tells of it.
          if (!subject.startsWith('$JS.EVENT.ADVISORY.')) heard.push(subject);
        },
      });
      await observer.flush();
      const refused: string[] = [];
      for (const subject of [...SUBJECTS, '>', '*.>', 'req.>', 'evt.>', '_INBOX.>']) {
        const subscription = connection.subscribe(subject, {
          callback: (error) => {
            if (error !== null) refused.push(subject);
          },
        });
        await connection.flush();
        subscription.unsubscribe();
      }
      for (const subject of SUBJECTS) connection.publish(subject);
      await connection.flush();
      await observer.flush();
      mirror.unsubscribe();

      const mayHear = (subject: string): boolean =>
        ANSWERS[user]?.test(subject) === true || subject === `_INBOX.${user}.x`;
      expect(new Set(refused)).toEqual(
        new Set(
          [...SUBJECTS, '>', '*.>', 'req.>', 'evt.>', '_INBOX.>'].filter((subject) => !mayHear(subject)),
        ),
      );
      const maySay = (subject: string): boolean =>
        user === 'gateway'
          ? /^(req|evt)\./.test(subject)
          : user === 'usage-tracking' && subject === '$JS.API.STREAM.INFO.EVENTS';
      expect(heard.toSorted()).toEqual(SUBJECTS.filter(maySay).toSorted());
      await connection.close();
    },
  );
});

/** `quit` and `reset` need no permission. */
const CONNECTION = ['auth', 'client|setname', 'hello', 'ping', 'quit', 'reset'];
const FENCE = [
  ...CONNECTION,
  'del',
  'eval',
  'evalsha',
  'get',
  'info',
  'mget',
  'pexpireat',
  'script|load',
  'set',
  'time',
];
/** By user: its commands, and keys of its patterns. */
const REDIS_USERS = {
  cache: { 'key-management': FENCE, verification: FENCE },
  sessions: {
    gateway: [
      ...CONNECTION,
      ...['del', 'eval', 'evalsha', 'exec', 'expire', 'get', 'getdel', 'incrby', 'multi', 'pexpire', 'pttl'],
      ...['script|load', 'set'],
    ],
  },
} as const;
const KEYS = { cache: ['tlx:x'], sessions: ['session:x', 'sign-in:x', 'limit:x'] };

describe.each([
  ['cache', startRedis],
  ['sessions', startSessionRedis],
] as const)('in the Redis of the %s', (name, start) => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let admin: Redis;

  beforeAll(async () => {
    server = await start({ dir: temporaryDirectory(`least-privilege-${name}`) });
    admin = new Redis(server.url);
  }, 60_000);
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  /** What the server would say, without doing it. */
  async function isAllowed(user: string, command: string, keys: string): Promise<boolean> {
    const [info] = (await admin.call('COMMAND', 'INFO', command)) as [string, number, string[], number][];
    const arity = Math.abs(info?.[1] ?? 2);
    const words = command.split('|');
    const values = Array.from({ length: Math.max(0, arity - words.length) }, () => keys);
    if (/^(eval|evalsha|fcall)(_ro)?$/.test(command)) values[1] = '0';
    try {
      return (await admin.call('ACL', 'DRYRUN', user, ...words, ...values)) === 'OK';
    } catch {
      return false;
    }
  }

  it.each(Object.entries(REDIS_USERS[name]))(
    '%s may use the commands that are listed, of all',
    async (user, listed) => {
      const commands = new Set((await admin.call('COMMAND', 'LIST')) as string[]);
      const [key] = KEYS[name];
      const allowed = [];
      for (const command of commands) if (await isAllowed(user, command, String(key))) allowed.push(command);
      expect(commands.size).toBeGreaterThan(200);
      expect(allowed.toSorted()).toEqual([...listed].toSorted());
    },
  );

  it.each(Object.keys(REDIS_USERS[name]))(
    '%s may touch keys of its own patterns, and no others',
    async (user) => {
      for (const key of KEYS[name]) expect(await isAllowed(user, 'get', key)).toBe(true);
      for (const command of ['get', 'set', 'del']) {
        for (const key of ['x', 'tl:x', 'limits', 'SESSION:x', '*'])
          expect(await isAllowed(user, command, key)).toBe(false);
      }
    },
  );

  it('lets in nobody without a name', async () => {
    const { hostname, port } = new URL(server.url);
    const nobody = new Redis({ host: hostname, port: Number(port), lazyConnect: true, retryStrategy: null });
    nobody.on('error', () => undefined);
    await expect(nobody.call('GET', 'x')).rejects.toThrow(/NOAUTH|closed/);
    nobody.disconnect();
  });
});
