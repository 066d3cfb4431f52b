import type { KeyRecord } from './decide.js';

/** A verifier of another version may share the Redis: it reads only what it knows how to read. */
const FORMAT = '1';
const ID_CHARACTERS = 36;
const PROJECT_ID_AT = FORMAT.length + ID_CHARACTERS;
const EXPIRY_AT = PROJECT_ID_AT + ID_CHARACTERS;

/** The record of an active key as `1<keyId><projectId><expiresAtMs or nothing>`. */
export function toText({ keyId, projectId, expiresAtMs }: KeyRecord): string {
  return `${FORMAT}${keyId}${projectId}${expiresAtMs === null ? '' : String(expiresAtMs)}`;
}

/** The record of an active key, or undefined for a text that is not of this format. */
export function fromText(text: string): KeyRecord | undefined {
  if (!text.startsWith(FORMAT) || text.length < EXPIRY_AT) return undefined;
  const expiresAtMs = text.length === EXPIRY_AT ? null : Number(text.slice(EXPIRY_AT));
  if (Number.isNaN(expiresAtMs)) return undefined;
  return {
    keyId: text.slice(FORMAT.length, PROJECT_ID_AT),
    projectId: text.slice(PROJECT_ID_AT, EXPIRY_AT),
    state: 'active',
    expiresAtMs,
  };
}
