import type { ApiKey, Traylinx } from '@traylinx/sdk';
import { CommandError, EXIT_CODES } from './exit-codes.js';
import type { Session } from './session.js';

const PAGE = { limit: 200 };

/**
 * The API key with that id or key start: in the project that was named, else in all.
 *
 * @throws CommandError when there is none, or more than one
 */
export async function findApiKey(session: Session, client: Traylinx, idOrStart: string): Promise<ApiKey> {
  const isId = !idOrStart.startsWith('tlx_');
  if (session.namedProject !== undefined) {
    const projectId = await session.projectId(client);
    if (isId) return client.apiKeys.get(projectId, idOrStart);
    return theOnly(client.apiKeys.list(projectId, { ...PAGE, q: idOrStart }), idOrStart);
  }
  // The search is in key starts, and not in ids.
  return theOnly(client.apiKeys.listAll(isId ? PAGE : { ...PAGE, q: idOrStart }), idOrStart);
}

async function theOnly(all: AsyncIterable<ApiKey>, idOrStart: string): Promise<ApiKey> {
  const found: ApiKey[] = [];
  for await (const apiKey of all) {
    if (apiKey.id === idOrStart) return apiKey;
    if (apiKey.keyStart === idOrStart) found.push(apiKey);
  }
  const [apiKey, other] = found;
  if (other !== undefined) {
    throw new CommandError(
      `Several keys begin like that. Use an id: ${found.map(({ id }) => id).join(', ')}`,
    );
  }
  if (apiKey !== undefined) return apiKey;
  throw new CommandError(
    `There is no API key ${idOrStart}. See \`traylinx-keys list --all\`; deleted ones: \`traylinx-keys deleted\`.`,
    EXIT_CODES.notFound,
  );
}
