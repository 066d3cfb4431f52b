import { mintKey } from '#api-key';
import type { Project } from '#contracts';
import { randomUUID } from 'node:crypto';
import { Random } from '../../prove/harness/random.mjs';
import type { CreatedApiKey, GatewayClient } from './gateway-client.js';
import { inParallel } from './in-parallel.js';

const AT_ONCE = 4;
/** Of what names an API key, so much asks for it in the asker's own project. */
const MIXED_SHARE = 0.4;
const SEARCH_SHARE = 0.1;

/** A project with all that a project can have. */
export interface FullProject {
  project: Project;
  keys: CreatedApiKey[];
}

/** Who may see none of the projects that they ask for. */
export interface Asker {
  token: string;
  /** A project that they may see. */
  ownProjectId?: string;
}

interface Target {
  projectId: string;
  keyId: string;
  key: string;
}

interface Question {
  method: string;
  path: (target: Target) => string;
  body?: (target: Target) => object;
  namesKey?: true;
}

const inProject = ({ projectId }: Target, rest = ''): string => `/v1/projects/${projectId}${rest}`;
const ofKey = (target: Target, rest = ''): string => inProject(target, `/api-keys/${target.keyId}${rest}`);
const reads = (rest: string): Question => ({ method: 'GET', path: (target) => inProject(target, rest) });
const events = (path: string, rest = ''): Question => ({
  method: 'GET',
  path: ({ projectId }) => `/v1/audit-events${path}?projectId=${projectId}${rest}`,
});

const QUESTIONS: readonly Question[] = [
  ...['', '/deleted-api-keys', '/api-keys', '/api-keys?q=e', '/api-keys?limit=1'].map(reads),
  ...['sort=-lastUsedAt', 'status=active&neverUsed=true', 'unusedForDays=1', 'cursor=x'].map((query) =>
    reads(`/api-keys?${query}`),
  ),
  { method: 'HEAD', path: (target) => inProject(target) },
  { method: 'PATCH', path: (target) => inProject(target), body: () => ({ name: 'Taken over' }) },
  { method: 'DELETE', path: (target) => inProject(target) },
  { method: 'POST', path: (target) => inProject(target, '/api-keys'), body: () => ({ note: 'Taken over' }) },
  {
    method: 'POST',
    path: (target) => inProject(target, '/api-keys'),
    body: ({ keyId }) => ({ replacesKeyId: keyId }),
    namesKey: true,
  },
  { method: 'GET', path: (target) => ofKey(target), namesKey: true },
  { method: 'GET', path: (target) => ofKey(target, '/usage'), namesKey: true },
  { method: 'PATCH', path: (target) => ofKey(target), body: () => ({ note: 'Taken over' }), namesKey: true },
  { method: 'DELETE', path: (target) => ofKey(target), namesKey: true },
  events(''),
  events('', '&action=api-key.deleted&limit=1'),
  events('/export'),
  { method: 'POST', path: () => '/v1/api-keys/lookup', body: ({ key }) => ({ key }) },
];
/** For a text that stands in all notes of somebody else's project and in its name, or nowhere. */
const SEARCHES = ['/v1/api-keys?q=', '/v1/api-keys?sort=-lastUsedAt&q=', '/v1/projects?q='];

/** Keys with notes and without, used, replaced, expiring, deleted and called since; the audit trail has all of it. */
export async function makeFullProject(gateway: GatewayClient, name: string): Promise<FullProject> {
  const project = await gateway.createProject(name);
  const { id } = project;
  const used = await gateway.createKey(id, { note: `used of ${name}` });
  const replaced = await gateway.createKey(id, { note: `replaced of ${name}` });
  const replacement = await gateway.createKey(id, { replacesKeyId: replaced.id });
  const expiring = await gateway.createKey(id, { expiresAt: '2035-01-01T00:00:00Z' });
  const deleted = await gateway.createKey(id, { note: `deleted of ${name}` });
  await gateway.auth(used.key);
  await gateway.deleteKey(deleted);
  await gateway.auth(deleted.key);
  return { project, keys: [used, replaced, replacement, expiring, deleted] };
}

/** What is there to be seen, and to be changed. */
export async function stateOf(gateway: GatewayClient, { project: { id } }: FullProject): Promise<unknown> {
  const answers = ['', '/api-keys', '/deleted-api-keys'].map((rest) =>
    gateway.admin<{ data?: { note: string | null }[] }>('GET', `/v1/projects/${id}${rest}`),
  );
  return (await Promise.all(answers)).map(
    ({ body }) => body.data?.map((item) => ({ ...item, usage: 0, lastUsedAt: 0, ...COUNTED })) ?? body,
  );
}

/** What calls change, not askers. */
const COUNTED = { rejectedUses: 0, firstRejectedAt: 0, lastRejectedAt: 0 };

/**
 * Asks the same about what is somebody else's and about what does not exist, and compares the answers: all but the time, the
 * request id and the path.
 *
 * @returns what was told apart, or told
 */
export async function askPairs(
  gateway: GatewayClient,
  options: { pairs: number; seed: number; askers: readonly Asker[]; projects: readonly FullProject[] },
): Promise<string[]> {
  const random = new Random(options.seed, 'pairs');
  const leaks: string[] = [];
  await inParallel([...Array(options.pairs).keys()], AT_ONCE, async () => {
    const asker = random.pick(options.askers);
    const { project, keys } = random.pick(options.projects);
    const { id: keyId, key } = random.pick(keys);
    const there = { projectId: project.id, keyId, key };
    const nowhere = { projectId: randomUUID(), keyId: randomUUID(), key: mintKey() };
    const question = random.chance(SEARCH_SHARE)
      ? searchFor(random.pick(SEARCHES), there, project.name)
      : inOwnProject(random.pick(QUESTIONS), random.chance(MIXED_SHARE) ? asker.ownProjectId : undefined);
    const ask = (target: Target): Promise<string> => answerTo(gateway, asker, question, target);
    const [a, b] = await Promise.all([ask(there), ask(nowhere)]);
    const isTold = [project.id, keyId, project.name].some((secret) => a.includes(secret));
    if (a !== b || isTold) leaks.push(`${question.method} ${question.path(there)}: ${a}, and ${b}`);
  });
  return leaks;
}

function searchFor(search: string, there: Target, text: string): Question {
  const path = (target: Target): string =>
    search + encodeURIComponent(target === there ? text : target.projectId);
  return { method: 'GET', path };
}

/** One's own project with the key of another one is as foreign as the rest. */
function inOwnProject(question: Question, projectId: string | undefined): Question {
  if (projectId === undefined || question.namesKey === undefined) return question;
  return { ...question, path: (target) => question.path({ ...target, projectId }) };
}

async function answerTo(
  gateway: GatewayClient,
  { token }: Asker,
  { method, path, body }: Question,
  target: Target,
): Promise<string> {
  const response = await fetch(gateway.url + path(target), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body(target)) }),
  });
  const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  const text = (await response.text()).replace(/"(instance|requestId)":"[^"]*"/g, '');
  return JSON.stringify([response.status, headers, text]);
}
