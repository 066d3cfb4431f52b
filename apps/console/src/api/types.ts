import type { components, operations } from './schema.js';

// What the gateway takes and answers, as docs/openapi.json has it: `npm run generate` writes schema.d.ts.
type Schemas = components['schemas'];
/** A parameter that is undefined is left out. */
type Query<Operation extends keyof operations> = {
  [Name in keyof NonNullable<operations[Operation]['parameters']['query']>]?:
    NonNullable<operations[Operation]['parameters']['query']>[Name] | undefined;
};

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export interface KeyAddress {
  projectId: string;
  id: string;
}

export type ProjectQuery = Query<'listProjects'>;
export type ApiKeyQuery = Query<'listApiKeys'>;
export type DeletedApiKeyQuery = Query<'listDeletedApiKeys'>;
export type AuditQuery = Query<'listAuditEvents'>;
export type NewApiKey = Schemas['CreateApiKeyBody'];

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
