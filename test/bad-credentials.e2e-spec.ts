import { mintKey } from '#api-key';
import { randomUUID } from 'node:crypto';
import type { Project } from '#contracts';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { type CreatedApiKey, GatewayClient, type ProblemBody } from './support/gateway-client.js';
import { expectProblem } from './support/problem.js';
import { sendRaw } from './support/raw-http.js';

let platform: Awaited<ReturnType<typeof startPlatform>>;
let gateway: GatewayClient;
let project: Project;
let apiKey: CreatedApiKey;

beforeAll(async () => {
  platform = await startPlatform({ dir: temporaryDirectory('bad-credentials') });
  gateway = new GatewayClient(platform.gatewayUrl, platform.adminToken);
  project = await gateway.createProject();
  apiKey = await gateway.createKey(project.id);
}, 120_000);

afterAll(() => platform.stop(), 60_000);

describe('a credential of a caller', () => {
  const code = async (authorization: string): Promise<[number, string]> => {
    const { status, body, headers } = await gateway.send<ProblemBody>('GET', '/v1/auth', {
      headers: { authorization },
    });
    if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="traylinx"/);
    return [status, status === 200 ? '' : body.code];
  };

  it('is asked for when there is none, or one of another scheme', async () => {
    const answer = await gateway.send<ProblemBody>('GET', '/v1/auth');
    expect([answer.status, answer.body.code]).toEqual([401, 'api_key_missing']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="traylinx"');
    expectProblem(answer);
    for (const other of [
      'Basic dTpw',
      `Basic ${apiKey.key}`,
      apiKey.key,
      `Bearer${apiKey.key}`,
      `Token ${apiKey.key}`,
    ]) {
      expect(await code(other)).toEqual([401, 'api_key_missing']);
    }
  });

  it('may have white space around it, as people paste it', async () => {
    for (const good of [`Bearer  ${apiKey.key}`, `bearer ${apiKey.key}  `, `BEARER\t${apiKey.key}`]) {
      expect(await code(good)).toEqual([200, '']);
    }
    expect((await gateway.verify({ key: `\r\n ${apiKey.key}\n` })).body.code).toBe('VALID');
  });

  it('is malformed when it is cut, mistyped, quoted, doubled or something else', async () => {
    const { key } = apiKey;
    const flipped = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    for (const bad of [
      '',
      key.slice(0, -1),
      `${key}x`,
      flipped,
      `"${key}"`,
      `${key} ${key}`,
      'tlx_',
      'x'.repeat(9_000),
    ]) {
      expect(await code(`Bearer ${bad}`)).toEqual([401, 'api_key_malformed']);
    }
    expect(await code(`Bearer ${gateway.adminToken}`)).toEqual([401, 'api_key_malformed']);
  });

  it('is unknown when it is well formed and was never created', async () => {
    expect(await code(`Bearer ${mintKey()}`)).toEqual([401, 'api_key_unknown']);
  });

  it('is not taken from the query, and not from the path', async () => {
    for (const path of [`?key=${apiKey.key}`, `?access_token=${apiKey.key}`, `/${apiKey.key}`]) {
      const answer = await gateway.send<ProblemBody>('GET', `/v1/auth${path}`);
      expect([answer.status, answer.body.code]).toEqual([401, 'api_key_missing']);
    }
  });

  it.each([
    ['/v1/auth', 401, 'api_key_malformed'],
    ['/v1/whoami', 400, 'invalid_request'],
    ['/v1/projects', 400, 'invalid_request'],
  ] as const)('sent twice is refused at %s, even if both are good', async (path, status, problem) => {
    const credential = path === '/v1/projects' ? gateway.adminToken : apiKey.key;
    const line = `authorization: Bearer ${credential}\r\n`;
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
    expect((await sendRaw(gateway.url, `${head}${line}\r\n`)).status).toBe(200);
    const twice = await sendRaw(gateway.url, `${head}${line}${line.replace('a', 'A')}\r\n`);
    expect(twice.status).toBe(status);
    expect(twice.text).toContain(`"code":"${problem}"`);
  });
});

describe('a credential of an admin', () => {
  it('is asked for, and an API key is none', async () => {
    const missing = await gateway.send<ProblemBody>('GET', '/v1/projects');
    expect([missing.status, missing.body.code]).toEqual([401, 'admin_credential_missing']);
    expectProblem(missing);
    for (const token of [apiKey.key, 'x', gateway.adminToken.slice(0, -1), `${gateway.adminToken}x`]) {
      const answer = await gateway.send<ProblemBody>('GET', '/v1/projects', {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([answer.status, answer.body.code]).toEqual([401, 'admin_credential_invalid']);
      expect(answer.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="traylinx", error="invalid_token"/,
      );
    }
  });

  it('comes before everything else: without it nothing is told about what exists', async () => {
    for (const path of [
      `/v1/projects/${project.id}`,
      `/v1/projects/${randomUUID()}`,
      '/v1/projects/not-an-id',
    ]) {
      const answer = await gateway.send<ProblemBody>('GET', path);
      expect([answer.status, answer.body.code]).toEqual([401, 'admin_credential_missing']);
    }
  });
});
