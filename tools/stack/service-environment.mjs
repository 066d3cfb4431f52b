// The four services: how many there are, and what each of them is told by its environment.

/** In the order in which they are stopped: first the door, then what is behind it. */
export const serviceNames = /** @type {const} */ ([
  'gateway',
  'verification',
  'key-management',
  'usage-tracking',
]);

/** @typedef {typeof serviceNames[number]} ServiceName */

/**
 * @typedef {object} Stores
 * @property {import('./credentials.mjs').Credentials} credentials
 * @property {string} databaseUrl with the owner's name and password
 * @property {string} redisUrl    with the admin's
 * @property {string} sessionRedisUrl with the admin's
 * @property {string} natsUrl     with the observer's
 * @property {boolean} hasOwnRedis false: `redisUrl` names a server that ran already, and knows none of our users
 * @property {boolean} hasOwnSessionRedis the same for `sessionRedisUrl`
 * @property {boolean} hasOwnNats  the same for `natsUrl`
 */

/**
 * @param {ServiceName} service
 * @param {Stores} stores
 * @returns {Record<string, string>}
 */
export function storeEnvironment(service, stores) {
  const { credentials } = stores;
  switch (service) {
    case 'gateway':
      return {
        ...nats(service, credentials.natsGatewayPassword, stores),
        ADMIN_TOKEN: credentials.adminToken,
        SESSION_REDIS_URL: sessionRedis(credentials.sessionRedisGatewayPassword, stores),
      };
    case 'verification':
      return {
        ...nats(service, credentials.natsVerificationPassword, stores),
        ...redis(service, credentials.redisVerificationPassword, stores),
        ...database('traylinx_verification', credentials.databaseVerificationPassword, stores),
      };
    case 'key-management':
      return {
        ...nats(service, credentials.natsKeyManagementPassword, stores),
        ...redis(service, credentials.redisKeyManagementPassword, stores),
        ...database('traylinx_key_management', credentials.databaseKeyManagementPassword, stores),
      };
    case 'usage-tracking':
      return {
        ...nats(service, credentials.natsUsageTrackingPassword, stores),
        ...database('traylinx_usage_tracking', credentials.databaseUsageTrackingPassword, stores),
      };
  }
}

/** What the migration needs: the owner's database, and the passwords of the roles it makes. @param {Stores} stores */
export function migrationEnvironment({ credentials, databaseUrl }) {
  return {
    DATABASE_URL: databaseUrl,
    KEY_MANAGEMENT_DATABASE_PASSWORD: credentials.databaseKeyManagementPassword,
    VERIFICATION_DATABASE_PASSWORD: credentials.databaseVerificationPassword,
    USAGE_TRACKING_DATABASE_PASSWORD: credentials.databaseUsageTrackingPassword,
  };
}

/** @param {string} role @param {string} password @param {Stores} stores */
function database(role, password, { databaseUrl }) {
  return { DATABASE_URL: withLogin(databaseUrl, role, password) };
}

/** @param {string} user @param {string} password @param {Stores} stores */
function redis(user, password, { redisUrl, hasOwnRedis }) {
  return { REDIS_URL: hasOwnRedis ? withLogin(redisUrl, user, password) : redisUrl };
}

/** @param {string} password @param {Stores} stores */
function sessionRedis(password, { sessionRedisUrl, hasOwnSessionRedis }) {
  return hasOwnSessionRedis ? withLogin(sessionRedisUrl, 'gateway', password) : sessionRedisUrl;
}

/** @param {string} user @param {string} password @param {Stores} stores @returns {Record<string, string>} */
function nats(user, password, { natsUrl, hasOwnNats }) {
  const { protocol, host, username: givenUser, password: givenPassword } = new URL(natsUrl);
  const server = { NATS_URL: `${protocol}//${host}` };
  if (hasOwnNats) return { ...server, NATS_USER: user, NATS_PASSWORD: password };
  if (!givenUser) return server;
  return {
    ...server,
    NATS_USER: decodeURIComponent(givenUser),
    NATS_PASSWORD: decodeURIComponent(givenPassword),
  };
}

/** @param {string} url @param {string} user @param {string} password */
function withLogin(url, user, password) {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}
