// What a person reads when the platform runs.
import { paint } from './terminal.mjs';

const nameWidth = 'key-management 1'.length + 2;

/** @typedef {import('./state.mjs').Summary} Summary */

/** @param {Summary} summary */
export function welcome(summary) {
  return `
${paint('green', 'Traylinx API Keys is running.')}

${addresses(summary)}
  ${'Admin token'.padEnd(nameWidth)} ${summary.adminToken}
${summary.urlForOthers === undefined ? '' : openDoor}
In another shell, first this:

export TRAYLINX_BASE_URL=${summary.gatewayUrl} TRAYLINX_ADMIN_TOKEN=${summary.adminToken}

and then the whole life of a key: created, used, seen as used, deleted, refused.

${tour}

Ctrl+C or "npm run stack -- down" stops everything and keeps the data; "npm run stack -- reset" deletes it.
`;
}

/** Without passwords: whoever needs those asks for `status --json`. @param {Summary} summary */
export function addresses({
  gatewayUrl,
  urlForOthers,
  databaseUrl,
  redisUrl,
  sessionRedisUrl,
  natsUrl,
  services,
}) {
  const rows = [
    ['Console', `${gatewayUrl}/`],
    ...(urlForOthers === undefined ? [] : [['From elsewhere', `${urlForOthers}/`]]),
    ['API', `${gatewayUrl}/v1, described at ${gatewayUrl}/docs`],
    ['PostgreSQL', new URL(databaseUrl).host],
    ['Redis', new URL(redisUrl).host],
    ['Redis of sessions', new URL(sessionRedisUrl).host],
    ['NATS', new URL(natsUrl).host],
    ...services.map(({ name, replica, pid, operationsUrl }) => [
      `${name} ${replica}`,
      pid === null ? 'is not running' : `${operationsUrl}/readyz, process ${pid}`,
    ]),
  ];
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(nameWidth)} ${value}`).join('\n');
}

const openDoor = `
${paint('yellow', 'Other machines are let in, by plain http.')} Whoever is on the way between can read the admin token, sessions
and keys. This is for trying out, in a network that you trust; anywhere else put TLS in front, and set PUBLIC_URL=https://…
`;

// Runs in sh, bash and zsh when it is pasted as a whole, so without comments; and with nothing but curl and the Node
// that is there.
const tour = `\
admin() { curl -sS -H "Authorization: Bearer $TRAYLINX_ADMIN_TOKEN" "$@"; echo; }
json='Content-Type: application/json'
field() { node -p "JSON.parse(fs.readFileSync(0)).$1"; }
PROJECT_ID=$(admin "$TRAYLINX_BASE_URL/v1/projects" -H "$json" -d '{"name": "My project"}' | field id)
KEYS_URL=$TRAYLINX_BASE_URL/v1/projects/$PROJECT_ID/api-keys
CREATED=$(admin "$KEYS_URL" -H "$json" -d '{"note": "my first key"}')
echo "$CREATED"
KEY=$(echo "$CREATED" | field key)
KEY_ID=$(echo "$CREATED" | field id)
curl -sS -i "$TRAYLINX_BASE_URL/v1/auth" -H "Authorization: Bearer $KEY"
sleep 1
admin "$KEYS_URL"
admin -i -X DELETE "$KEYS_URL/$KEY_ID"
curl -sS -i "$TRAYLINX_BASE_URL/v1/auth" -H "Authorization: Bearer $KEY"`;
