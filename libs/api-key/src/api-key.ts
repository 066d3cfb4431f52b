import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.js';

const PREFIX = 'tlx_';
const SECRET_BYTES = 32;
/** 62^43 is a little more than 2^256. */
const SECRET_CHARACTERS = 43;
/** 62^6 is more than 2^32. */
const CHECKSUM_CHARACTERS = 6;
const CHECKED_CHARACTERS = PREFIX.length + SECRET_CHARACTERS;
const START_CHARACTERS = PREFIX.length + 4;
const FORM = /^tlx_[0-9A-Za-z]{49}$/;
/** As many characters beyond the key start as the key start itself has. */
const PIECE = /tlx_[0-9A-Za-z]{8}/;

/** How many characters a key has. */
export const KEY_CHARACTERS = CHECKED_CHARACTERS + CHECKSUM_CHARACTERS;

/**
 * Makes a new key: `tlx_`, 256 random bits from the operating system as 43 base 62 characters, and the CRC-32 of all
 * that as 6 more. This string is the secret; nothing but its {@link hashKey} may be stored or sent on.
 */
export function mintKey(): string {
  const secret = BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`);
  const checked = PREFIX + toBase62(secret, SECRET_CHARACTERS);
  return checked + checksum(checked);
}

/**
 * Takes a key out of what somebody has pasted: white space around it is trimmed.
 *
 * @returns the key, or `undefined` when it cannot be one, which is certain without any look-up: the form is not
 * `^tlx_[0-9A-Za-z]{49}$`, or the checksum is wrong (a single wrong character never passes).
 */
export function parseKey(text: string): string | undefined {
  const key = text.trim();
  if (!FORM.test(key)) return undefined;
  return key.endsWith(checksum(key.slice(0, CHECKED_CHARACTERS))) ? key : undefined;
}

/**
 * SHA-256 of the whole key, base64url (43 characters). A fast hash is right here: the secret has 256 bits of entropy,
 * so there is nothing to guess that a slow hash would protect.
 */
export function hashKey(key: string): string {
  return hash('sha256', key, 'base64url');
}

/**
 * Whether a key stands somewhere in a text, or the beginning of one that is longer than its key start: then the text is
 * a secret.
 */
export function containsKey(text: string): boolean {
  return PIECE.test(text);
}

/** `tlx_` and the next four characters: safe to show, enough to recognize a key in a list. */
export function keyStart(key: string): string {
  return key.slice(0, START_CHARACTERS);
}

function checksum(text: string): string {
  return toBase62(BigInt(crc32(text)), CHECKSUM_CHARACTERS);
}
