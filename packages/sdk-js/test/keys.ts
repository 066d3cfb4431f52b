import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A well-formed key that no gateway knows, made by other means than those of the package. */
export function makeKey(): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43);
  const start = `tlx_${secret}`;
  return start + base62(BigInt(crc32(start)), 6);
}

function base62(value: bigint, characters: number): string {
  const digit = (at: number): string => ALPHABET.charAt(Number((value / 62n ** BigInt(at)) % 62n));
  return Array.from({ length: characters }, (_, index) => digit(characters - 1 - index)).join('');
}
