import type { components } from './schema.js';

// What the gateway answers, as docs/openapi.json has it: `npm run generate` writes schema.d.ts.
type Schemas = components['schemas'];

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export type Project = Schemas['Project'];
export type ApiKey = Schemas['ApiKey'];
/** The only answer with the key in it. It is never put into a cache, a store or the URL. */
export type CreatedApiKey = Schemas['CreatedApiKey'];
export type ApiKeyUsage = Schemas['ApiKeyUsage'];
export type AuditEvent = Schemas['AuditEvent'];
export type SignInMethods = Schemas['SignInMethods'];
export type Me = Schemas['Principal'];

export type DeletedApiKey = Schemas['DeletedApiKey'];
export type FoundApiKey = Schemas['LookupApiKeyResponse'];
