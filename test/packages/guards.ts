import { type Service, SERVICES } from '../../packages/nestjs/test/services.js';
import { anyFreePort } from '../../tools/stack/ports.mjs';
import type { GatewayClient, ProblemBody } from '../support/gateway-client.js';
import { sendRaw } from '../support/raw-http.js';

export function describeGuards(getGateway: () => GatewayClient): void {
  describe.each(Object.keys(SERVICES))('before %s', (name) => {
    let service: Service;
    let unlucky: Service;
    let projectId: string;
    beforeAll(async () => {
      const start = SERVICES[name];
      if (!start) throw new Error(`there is no ${name}`);
      service = await start(getGateway().url);
      // Nothing listens there.
      unlucky = await start(`http://127.0.0.1:${await anyFreePort()}`);
      projectId = (await getGateway().createProject(name)).id;
    });
    afterAll(() => Promise.all([service.stop(), unlucky.stop()]));

    const call = async (key?: string, at = service, path = '/agents') => {
      const response = await fetch(at.url + path, { headers: key ? { authorization: `Bearer ${key}` } : {} });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text };
    };
    const problemOf = ({ text }: { text: string }) => JSON.parse(text) as ProblemBody;

    it('a good key gets through, and the handler knows whose it is', async () => {
      const { key, id } = await getGateway().createKey(projectId);
      const { status, text } = await call(key);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual({ keyId: id, projectId, expiresAt: null });
    });

    it('no key gets through, but to what is public', async () => {
      const refused = await call();
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="traylinx"');
      expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(problemOf(refused)).toMatchObject({ status: 401, code: 'api_key_missing' });
      expect(await call(undefined, service, '/health')).toMatchObject({ status: 200, text: 'ok' });
    });

    it('a deleted key is refused on its very next call, with the reason', async () => {
      for (let i = 0; i < 5; i += 1) {
        const apiKey = await getGateway().createKey(projectId);
        expect((await call(apiKey.key)).status).toBe(200);
        await getGateway().deleteKey(apiKey);
        const refused = await call(apiKey.key);
        expect(refused.status).toBe(401);
        expect(refused.headers.get('www-authenticate')).toMatch(/error="invalid_token"/);
        expect(problemOf(refused).code).toBe('api_key_deleted');
      }
    });

    it('two Authorization headers are refused: what is behind might believe the other one', async () => {
      const { key } = await getGateway().createKey(projectId);
      const header = `Authorization: Bearer ${key}\r\n`;
      const request = `GET /agents HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}${header}\r\n`;
      expect(await sendRaw(service.url, request)).toMatchObject({
        status: 401,
        text: expect.stringContaining('api_key_malformed'),
      });
    });

    it('nobody gets through while the gateway cannot be asked: 503, and never 401', async () => {
      const { key } = await getGateway().createKey(projectId);
      const refused = await call(key, unlucky);
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('www-authenticate')).toBeNull();
      expect(problemOf(refused).code).toBe('unavailable');
      expect((await call(undefined, unlucky, '/health')).status).toBe(200);
    });
  });
}
