import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import Provider, { type Configuration, type JWK } from 'oidc-provider';
import { anyFreePort } from '../../tools/stack/ports.mjs';

export const AUDIENCE = 'https://keys.traylinx.test';
export const CONSOLE_CLIENT = 'console';
const CLIENT_SECRET = 'the secret of every client in the tests';
const SHORT_LIVED = 'short-lived';
const TOKEN_LIFETIME_S = 600;
const SHORT_LIFETIME_S = 1;
/** Longer than clients keep them. Node's own 5 s end while a test is busy, under a client that is about to use one again. */
const KEEP_ALIVE_MS = 60_000;

/** Whose account it is, or which machine: both have their roles by name. */
type Roles = Readonly<Record<string, readonly string[]>>;

/** A real OpenID Connect provider, in which everybody may sign in as whoever they say. */
export class IdentityProvider {
  readonly clientSecret = CLIENT_SECRET;
  /** Who signs in at the next interaction; `undefined`: they change their mind. */
  account: string | undefined;
  key!: CryptoKey;
  keyId = 0;
  private provider!: Provider;
  private server: Server | undefined;

  private constructor(
    private readonly port: number,
    private readonly roles: Roles,
    private readonly redirectUris: readonly string[],
  ) {}

  /** @param roles by account and by client; both may ask for tokens */
  static async start(roles: Roles, redirectUris: readonly string[] = []): Promise<IdentityProvider> {
    const provider = new IdentityProvider(await anyFreePort(), roles, redirectUris);
    await provider.rotateKeys();
    await provider.open();
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** What the gateway has to be told. */
  get environment(): Record<string, string> {
    return {
      OIDC_ISSUER: this.issuer,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_CLIENT_ID: CONSOLE_CLIENT,
      OIDC_CLIENT_SECRET: CLIENT_SECRET,
      OIDC_CLOCK_TOLERANCE_S: '0',
    };
  }

  async open(): Promise<void> {
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    this.server?.close();
    this.server?.closeAllConnections();
    if (this.server?.listening) await once(this.server, 'close');
  }

  /** From now on it signs with a key that nobody has seen. */
  async rotateKeys(): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    this.key = privateKey;
    this.keyId++;
    const jwk = { ...(await exportJWK(privateKey)), kid: String(this.keyId), use: 'sig', alg: 'RS256' };
    this.provider = this.makeProvider(jwk);
  }

  /** An access token of the provider's own making. */
  async accessToken(client: string, { expiresSoon = false } = {}): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${encodeURIComponent(CLIENT_SECRET)}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: expiresSoon ? `${AUDIENCE}/${SHORT_LIVED}` : AUDIENCE,
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`the provider gave ${client} no token`);
    return token;
  }

  /** One that the provider would not make, with its key. */
  async forge(
    claims: Record<string, unknown>,
    header: { alg?: string; typ?: string; kid?: string } = {},
  ): Promise<string> {
    const nowS = Math.floor(Date.now() / 1_000);
    const { alg = 'RS256' } = header;
    return new SignJWT({
      iss: this.issuer,
      aud: AUDIENCE,
      sub: 'forger',
      iat: nowS,
      exp: nowS + TOKEN_LIFETIME_S,
      roles: ['admin'],
      ...claims,
    })
      .setProtectedHeader({ alg, typ: 'at+jwt', kid: String(this.keyId), ...header })
      .sign(await importJWK(await exportJWK(this.key), alg));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/interaction/') !== true) {
      void this.provider.callback()(request, response);
      return;
    }
    const result =
      this.account === undefined
        ? { error: 'access_denied', error_description: 'changed their mind' }
        : { login: { accountId: this.account } };
    await this.provider.interactionFinished(request, response, result);
  }

  private makeProvider(key: JWK): Provider {
    const rolesOf = (name: string): readonly string[] => this.roles[name] ?? [];
    const configuration: Configuration = {
      jwks: { keys: [key] },
      cookies: { keys: ['cookies of the tests'] },
      clients: [
        ...Object.keys(this.roles).map((name) => ({
          client_id: name,
          client_secret: CLIENT_SECRET,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        })),
        {
          client_id: CONSOLE_CLIENT,
          client_secret: CLIENT_SECRET,
          redirect_uris: [...this.redirectUris],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      pkce: { required: () => true },
      claims: { openid: ['sub'], profile: ['name', 'roles'] },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context, resource) => ({
            scope: '',
            audience: AUDIENCE,
            accessTokenTTL: resource.endsWith(SHORT_LIVED) ? SHORT_LIFETIME_S : TOKEN_LIFETIME_S,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
      extraTokenClaims: (_context, token) => ({
        roles: rolesOf(token.clientId ?? ''),
      }),
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: `Name of ${id}`, roles: rolesOf(id) }),
      }),
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      // Nobody is asked whether the console may know who they are.
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({
          clientId: oidc.client?.clientId ?? '',
          accountId: oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
    };
    return new Provider(this.issuer, configuration);
  }
}
