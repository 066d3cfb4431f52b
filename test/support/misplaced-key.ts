import type { Answer, GatewayClient, ProblemBody } from './gateway-client.js';
import { sendRaw } from './raw-http.js';

type Misplacement = (gateway: GatewayClient, key: string, projectId: string) => Promise<Answer | string>;

const json = { 'content-type': 'application/json' };

function management(path: (key: string, projectId: string) => string): Misplacement {
  return (gateway, key, projectId) => gateway.admin('GET', path(key, projectId));
}

function body(
  path: string,
  content: (key: string) => string,
  headers: Record<string, string> = json,
): Misplacement {
  return (gateway, key) => gateway.send('POST', path, { headers, body: content(key) });
}

function headers(path: string, content: (key: string) => Record<string, string>): Misplacement {
  return (gateway, key) => gateway.send('GET', path, { headers: content(key) });
}

function lookup(content: (key: string) => object): Misplacement {
  return (gateway, key) => gateway.admin('POST', '/v1/api-keys/lookup', content(key));
}

/** Where people and programs put keys by mistake. Each is answered with an error, or ignored. */
export const MISPLACEMENTS: Readonly<Record<string, Misplacement>> = {
  'in the query of forward-auth': (gateway, key) => gateway.send('GET', `/v1/auth?key=${key}`),
  'in the query of a good request': (gateway, key) => gateway.auth(key, `?key=${key}&projectId=${key}`),
  'in the path of forward-auth': (gateway, key) => gateway.send('GET', `/v1/auth/${key}/x?api_key=${key}`),
  'in the path of an unknown route': (gateway, key) => gateway.send('GET', `/${key}`),
  'as the method': (gateway, key) => sendRawly(gateway, `${key} /v1/auth HTTP/1.1\r\nHost: x\r\n\r\n`),
  'as an id in a path': management((key, projectId) => `/v1/projects/${projectId}/api-keys/${key}`),
  'as an id of a project': management((key) => `/v1/projects/${key}`),
  'in a search': management((key, projectId) => `/v1/projects/${projectId}/api-keys?q=${key}`),
  'in a search for projects': management((key) => `/v1/projects?q=%20my%20${key}`),
  'as a page cursor': management((key) => `/v1/projects?cursor=${key}`),
  'as a page size': management((key) => `/v1/projects?limit=${key}`),
  'as an unknown parameter': management((key) => `/v1/projects?${key}=${key}`),
  'as the admin token': (gateway, key) =>
    gateway.send('GET', '/v1/projects', { headers: { authorization: `Bearer ${key}` } }),
  'with another scheme': headers('/v1/auth', (key) => ({ authorization: `ApiKey ${key}` })),
  'as a password': headers('/v1/auth', (key) => ({ authorization: `Basic ${btoa(`api:${key}`)}` })),
  'with no scheme': headers('/v1/whoami', (key) => ({ authorization: key })),
  'cut off': headers('/v1/auth', (key) => ({ authorization: `Bearer ${key.slice(0, -1)}` })),
  'twice in one header': headers('/v1/auth', (key) => ({ authorization: `Bearer ${key} ${key}` })),
  'in two headers': (gateway, key) =>
    sendRawly(
      gateway,
      `GET /v1/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `Authorization: Bearer ${key}\r\nAuthorization: Bearer ${key}\r\n\r\n`,
    ),
  'in headers of other kinds': (gateway, key) =>
    gateway.send('GET', '/v1/projects', {
      headers: {
        authorization: `Bearer ${gateway.adminToken}`,
        'x-api-key': key,
        'x-request-id': key,
        traceparent: `00-${key}-01`,
        'x-forwarded-for': key,
        'user-agent': key,
        cookie: `key=${key}`,
      },
    }),
  'as an Idempotency-Key': (gateway, key, projectId) =>
    gateway.send('POST', `/v1/projects/${projectId}/api-keys`, {
      headers: { ...json, authorization: `Bearer ${gateway.adminToken}`, 'idempotency-key': key },
      body: '{}',
    }),
  'as the actor of audit events': management((key) => `/v1/audit-events?actor=${key}`),
  'as an action of audit events': management((key) => `/v1/audit-events?action=${key}`),
  'as the target of audit events': management((key) => `/v1/audit-events?targetId=${key}`),
  'as the project of audit events': management((key) => `/v1/audit-events/export?projectId=${key}`),
  'as the time of audit events': management((key) => `/v1/audit-events?from=${key}&to=${key}`),
  'as an id of an organization': management(
    (key, projectId) => `/jsonapi/v1/organizations/${key}/projects/${projectId}/api_keys`,
  ),
  'as a CSRF token, an origin and a session': (gateway, key) =>
    gateway.send('DELETE', '/v1/session', {
      headers: { 'x-csrf-token': key, origin: `https://${key}`, cookie: `__Host-traylinx-session=${key}` },
    }),
  'as a page to return to': (gateway, key) => gateway.send('GET', `/v1/session/sign-in?returnTo=/${key}`),
  'as a code of the sign-in provider': (gateway, key) =>
    gateway.send('GET', `/v1/session/callback?code=${key}&state=${key}&iss=${key}`),
  'as the admin token of a sign-in': body('/v1/session', (key) => JSON.stringify({ adminToken: key })),
  'in a look-up, with more around it': lookup((key) => ({ key: `it is ${key}, I think` })),
  'in a look-up, twice': lookup((key) => ({ key, [key]: key })),
  'in a look-up, as a list': lookup((key) => ({ key: [key] })),
  'in a look-up that is cut off': lookup((key) => ({ key: key.slice(0, -1) })),
  'in a look-up, without a credential': body('/v1/api-keys/lookup', (key) => JSON.stringify({ key })),
  'in a body that is cut off': body('/v1/api-keys/verify', (key) => `{"key": "${key}`),
  'as a body of text': body('/v1/api-keys/verify', (key) => key, { 'content-type': 'text/plain' }),
  'as a body that is no object': body('/v1/api-keys/verify', (key) => JSON.stringify(key)),
  'as an unknown field': body('/v1/api-keys/verify', (key) => JSON.stringify({ key, [key]: key })),
  'as a project id': body('/v1/api-keys/verify', (key) => JSON.stringify({ key, projectId: key })),
  'as a list': body('/v1/api-keys/verify', (key) => JSON.stringify({ key: [key] })),
  'in a note': (gateway, key, projectId) =>
    gateway.admin('POST', `/v1/projects/${projectId}/api-keys`, { note: `use ${key} for now` }),
  'as an expiry': (gateway, key, projectId) =>
    gateway.admin('POST', `/v1/projects/${projectId}/api-keys`, { expiresAt: key }),
  'as a name': (gateway, key) => gateway.admin<ProblemBody>('POST', '/v1/projects', { name: key }),
};

async function sendRawly(gateway: GatewayClient, bytes: string): Promise<string> {
  return (await sendRaw(gateway.url, bytes)).text;
}
