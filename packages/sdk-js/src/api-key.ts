import { ConfigurationError } from './errors.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY = /^tlx_[0-9A-Za-z]{49}$/;
const CHECKSUM_CHARACTERS = 6;

/**
 * A key as people paste it: white space around it is taken away.
 *
 * @param source where it came from, for the message: `TRAYLINX_API_KEY`
 * @throws ConfigurationError that says what is wrong with it, without showing it
 */
export function parseApiKey(text: string, source: string): string {
  const key = text.trim();
  const complaint = complaintAbout(key);
  if (complaint === undefined) return key;
  throw new ConfigurationError(`${source} does not hold a Traylinx API key: ${complaint}.`);
}

/** The part of a key that may be shown: `tlx_` and four characters. */
export function keyStart(key: string): string {
  return key.slice(0, 8);
}

function complaintAbout(key: string): string | undefined {
  if (KEY.test(key)) {
    const isIntact = key.endsWith(checksum(key.slice(0, -CHECKSUM_CHARACTERS)));
    return isIntact
      ? undefined
      : 'a character of it was lost or changed (its checksum is wrong). Copy it again';
  }
  if (/^["'`].*["'`]$/s.test(key)) return 'there are quotation marks around it. Take them away';
  if (/^bearer\s/i.test(key)) return 'it begins with "Bearer". Give the key alone';
  if (!key.startsWith('tlx_')) return 'a key begins with "tlx_". Is it a credential of another kind?';
  if (/\s/.test(key)) return 'there is white space inside it. Copy it again, in one piece';
  return `a key has 53 characters, letters and digits after "tlx_"; this has ${key.length}. Copy it again`;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_CHARACTERS; i += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

/** Bit by bit: it is 47 characters, once for each client. node:zlib has it from Node 20.15 only, and browsers never. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at += 1) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
