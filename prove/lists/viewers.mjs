import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const AUDIENCE = 'prove-lists';
const ALGORITHM = 'ES256';

/** Just enough of an OpenID Connect provider to have somebody who may see some projects only. */
export async function startViewers() {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const keys = [{ ...(await exportJWK(publicKey)), kid: '1' }];
  const server = createServer((request, response) => {
    const issuer = `http://${request.headers.host}`;
    const metadata = { issuer, jwks_uri: `${issuer}/keys` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/keys' ? { keys } : metadata));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const issuer = `http://127.0.0.1:${port}`;
  return {
    environment: { OIDC_ISSUER: issuer, OIDC_AUDIENCE: AUDIENCE },
    /** @param {string[]} projectIds @returns {Promise<string>} an access token */
    tokenFor: (projectIds) =>
      new SignJWT({ roles: projectIds.map((id) => `project:${id}:viewer`) })
        .setProtectedHeader({ alg: ALGORITHM, kid: '1' })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setSubject('viewer')
        .setExpirationTime('6h')
        .sign(privateKey),
    stop: () => server.close(),
  };
}
