import {
  ConflictError,
  type CreatedApiKey,
  type Fetch,
  InvalidRequestError,
  NotFoundError,
  Traylinx,
} from '@traylinx/sdk';
import { eventually } from '../support/eventually.js';
import type { GatewayClient } from '../support/gateway-client.js';

export function describeSdk(getGateway: () => GatewayClient): void {
  let admin: Traylinx;
  let projectId: string;
  const holder = (apiKey: string): Traylinx =>
    new Traylinx({ env: {}, baseUrl: admin.toJSON().baseUrl, apiKey });

  beforeAll(async () => {
    const { url, adminToken } = getGateway();
    admin = new Traylinx({ env: {}, baseUrl: `${url}/`, adminToken });
    projectId = (await admin.projects.create({ name: 'SDK' })).id;
  });

  it('takes key and address from the environment, and says whose key it is', async () => {
    const { key, id, keyStart } = await admin.apiKeys.create(projectId, { note: 'CI' });
    const { baseUrl } = admin.toJSON();
    const client = new Traylinx({ env: { TRAYLINX_API_KEY: `${key}\n`, TRAYLINX_BASE_URL: baseUrl } });
    expect(await client.whoami()).toEqual({
      projectId,
      projectName: 'SDK',
      keyId: id,
      keyStart,
      note: 'CI',
      expiresAt: null,
    });
  });

  it('verifies one key and many, and whoami is no use', async () => {
    const { key, id } = await admin.apiKeys.create(projectId);
    const expected = { valid: true, code: 'VALID', keyId: id, projectId, expiresAt: null };
    await holder(key).whoami();
    expect((await admin.apiKeys.get(projectId, id)).usage.verdict).toBe('never_used');
    expect(await admin.verify(` ${key}\n`)).toEqual(expected);
    expect(await admin.verify(key, { projectId: '01a20541-1cf0-75e3-b3a8-5d4c9a1f7e20' })).toEqual({
      valid: false,
      code: 'WRONG_PROJECT',
    });
    expect(await admin.batchVerify([key, 'nonsense', key])).toEqual([
      expected,
      { valid: false, code: 'MALFORMED' },
      expected,
    ]);
    await eventually(async () => {
      expect((await admin.apiKeys.get(projectId, id)).usage).toMatchObject({ verdict: 'in_use', last24h: 3 });
    });
  });

  it('does not get past a deletion, on the very next call', async () => {
    for (let i = 0; i < 10; i += 1) {
      const { key, id } = await admin.apiKeys.create(projectId);
      expect((await admin.verify(key)).valid).toBe(true);
      await admin.apiKeys.delete(projectId, id);
      expect(await admin.verify(key)).toEqual({ valid: false, code: 'DELETED' });
      await expect(holder(key).whoami()).rejects.toMatchObject({ status: 401, code: 'api_key_deleted' });
    }
  });

  it('deletes the key that it holds, and takes a deleted one for done', async () => {
    const { key } = await admin.apiKeys.create(projectId);
    const client = holder(key);
    await client.deleteOwnKey();
    await client.deleteOwnKey();
    await expect(client.whoami()).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'api_key_deleted',
    });
  });

  it('warns once of a key that is about to expire', async () => {
    const expiresAt = new Date(Date.now() + 3 * 86_400_000);
    const { key } = await admin.apiKeys.create(projectId, { expiresAt });
    const warnings: string[] = [];
    const client = new Traylinx({
      env: {},
      baseUrl: getGateway().url,
      apiKey: key,
      onExpiryWarning: ({ message }) => warnings.push(message),
    });
    for (let i = 0; i < 2; i += 1) await client.whoami();
    expect(warnings).toEqual([expect.stringContaining(`(${expiresAt.toISOString()})`)]);
  });

  it('manages keys: creates, finds, notes, replaces, lists page by page', async () => {
    const { id } = await admin.projects.create({ name: 'Many' });
    const made: CreatedApiKey[] = [];
    for (let i = 0; i < 5; i += 1) made.push(await admin.apiKeys.create(id, { note: `n ${i}` }));
    const listed = await admin.apiKeys.list(id, { limit: 2 }).toArray();
    expect(listed.map((one) => one.id).toSorted()).toEqual(made.map((one) => one.id).toSorted());
    const [first] = made;
    const keyId = first?.id ?? '';
    expect((await admin.apiKeys.changeNote(id, keyId, 'other')).note).toBe('other');
    const replacement = await admin.apiKeys.create(id, { replacesKeyId: keyId });
    expect(replacement).toMatchObject({ note: 'other', replacesKeyId: keyId });
    await expect(admin.apiKeys.create(id, { replacesKeyId: keyId })).rejects.toBeInstanceOf(ConflictError);
    await expect(admin.projects.delete(id)).rejects.toMatchObject({ code: 'project_not_empty' });
    expect((await admin.projects.rename(id, 'Renamed')).name).toBe('Renamed');
    expect(await admin.projects.list({ q: 'renam' }).toArray()).toMatchObject([{ id, name: 'Renamed' }]);
  });

  it('looks up whose key it is, alive and deleted, which is no use of it', async () => {
    const { key, id, keyStart } = await admin.apiKeys.create(projectId);
    expect(await admin.apiKeys.lookup(key)).toEqual({ projectId, keyId: id, keyStart, status: 'active' });
    expect((await admin.apiKeys.get(projectId, id)).usage.verdict).toBe('never_used');
    await admin.apiKeys.delete(projectId, id);
    expect(await admin.apiKeys.lookup(key)).toMatchObject({ keyId: id, status: 'deleted' });
    const ofNobody = admin.apiKeys.lookup('tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni');
    await expect(ofNobody).rejects.toMatchObject({ name: 'NotFoundError', code: 'api_key_not_found' });
  });

  it('makes one key of a creation whose answer is lost, and says which', async () => {
    let sendings = 0;
    const losingTheFirst: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      sendings += 1;
      if (sendings > 1) return response;
      // It has had its effect.
      await response.text();
      throw new TypeError('fetch failed');
    };
    const { baseUrl } = admin.toJSON();
    const unlucky = new Traylinx({
      env: {},
      baseUrl,
      adminToken: getGateway().adminToken,
      fetch: losingTheFirst,
    });
    const error: unknown = await unlucky.apiKeys.create(projectId, { note: 'once' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConflictError);
    const made = await admin.apiKeys.list(projectId, { q: 'once' }).toArray();
    expect(made).toHaveLength(1);
    expect(error).toMatchObject({ code: 'idempotency_key_reused', problem: { keyId: made[0]?.id } });
    expect(sendings).toBe(2);
  });

  it('gets typed errors from the real gateway', async () => {
    const unknown = '01a20541-1cf0-75e3-b3a8-5d4c9a1f7e20';
    await expect(admin.apiKeys.get(projectId, unknown)).rejects.toBeInstanceOf(NotFoundError);
    await expect(admin.apiKeys.delete(projectId, unknown)).rejects.toMatchObject({
      code: 'api_key_not_found',
    });
    const tooLong = admin.apiKeys.create(projectId, { note: 'x'.repeat(201) });
    await expect(tooLong).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(tooLong).rejects.toMatchObject({ errors: [{ pointer: '/note' }] });
    const wrong = new Traylinx({ env: {}, baseUrl: getGateway().url, adminToken: 'wrong', apiKey: null });
    await expect(wrong.projects.get(projectId)).rejects.toMatchObject({ code: 'admin_credential_invalid' });
    const mine = 'named-by-the-test';
    await expect(admin.projects.get(unknown, { requestId: mine })).rejects.toMatchObject({ requestId: mine });
  });

  it('reads who it is, and the audit trail of what it has done', async () => {
    expect(await admin.me()).toMatchObject({
      actor: 'admin-token',
      roles: [{ role: 'admin', projectId: null }],
    });
    const { id } = await admin.apiKeys.create(projectId, { note: 'audited' });
    const events = await admin.auditEvents
      .list({ projectId, action: 'api-key.created', limit: 1 })
      .pages()
      .next();
    expect(events.value).toMatchObject([{ action: 'api-key.created', actor: 'admin-token', targetId: id }]);
    expect(await admin.auditEvents.list({ targetId: id }).toArray()).toEqual(events.value);
  });
}
