import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { containsKey, hashKey, KEY_CHARACTERS, keyStart, mintKey, parseKey } from './api-key.js';
import { toBase62 } from './base62.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Computed by hand from the specification, with another implementation: all 256 secret bits zero. */
const ZERO_KEY = `tlx_${'0'.repeat(43)}`;

function fromBase62(text: string): bigint {
  return [...text].reduce((value, character) => value * 62n + BigInt(ALPHABET.indexOf(character)), 0n);
}

/** CRC-32 (IEEE 802.3) bit by bit, to check the library's against. */
function slowCrc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('mintKey', () => {
  it('makes keys of the documented form whose checksum is the CRC-32 of all that precedes', () => {
    for (let i = 0; i < 1_000; i += 1) {
      const key = mintKey();
      expect(key).toMatch(/^tlx_[0-9A-Za-z]{49}$/);
      expect(key).toHaveLength(KEY_CHARACTERS);
      expect(fromBase62(key.slice(-6))).toBe(BigInt(slowCrc32(key.slice(0, -6))));
    }
  });

  it('carries 256 bits: every bit of the secret is seen both set and unset', () => {
    let everSet = 0n;
    let everUnset = 0n;
    const mask = (1n << 256n) - 1n;
    for (let i = 0; i < 200; i += 1) {
      const secret = fromBase62(mintKey().slice(4, 47));
      expect(secret).toBeLessThanOrEqual(mask);
      everSet |= secret;
      everUnset |= mask ^ secret;
    }
    expect(everSet).toBe(mask);
    expect(everUnset).toBe(mask);
  });

  it('never makes the same key twice in a million', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 1_000_000; i += 1) seen.add(mintKey());
    expect(seen.size).toBe(1_000_000);
  }, 60_000);
});

describe('parseKey', () => {
  it('accepts what mintKey made, and trims the white space that people paste with it', () => {
    const whiteSpace = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r\n', '\u00a0'), maxLength: 5 });
    fc.assert(
      fc.property(whiteSpace, whiteSpace, (before, after) => {
        const key = mintKey();
        expect(parseKey(before + key + after)).toBe(key);
      }),
    );
  });

  it('refuses every single wrong character', () => {
    for (let i = 0; i < 20; i += 1) {
      const key = mintKey();
      for (let at = 0; at < key.length; at += 1) {
        for (const other of ALPHABET) {
          if (other === key[at]) continue;
          expect(parseKey(key.slice(0, at) + other + key.slice(at + 1))).toBeUndefined();
        }
      }
    }
  });

  it('refuses keys that are cut, lengthened, split or of another format', () => {
    const key = mintKey();
    const wrong = ['', 'tlx_', key.slice(0, -1), `${key}0`, key.slice(1), `${key} ${key}`, key.toUpperCase()];
    for (const text of [...wrong, `Bearer ${key}`, ZERO_KEY, `${key.slice(0, 20)}\n${key.slice(20)}`]) {
      expect(parseKey(text)).toBeUndefined();
    }
  });

  it('refuses any text that is not a key, without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseKey(text) === undefined));
  });

  it('refuses well-formed text with a checksum that nobody has computed', () => {
    const character = fc.constantFrom(...ALPHABET);
    fc.assert(
      fc.property(fc.string({ unit: character, minLength: 43, maxLength: 43 }), (secret) => {
        const checksum = toBase62(BigInt(slowCrc32(`tlx_${secret}`)), 6);
        const wrong = checksum === '000000' ? '000001' : '000000';
        expect(parseKey(`tlx_${secret}${wrong}`)).toBeUndefined();
        expect(parseKey(`tlx_${secret}${checksum}`)).toBe(`tlx_${secret}${checksum}`);
      }),
    );
  });
});

describe('hashKey', () => {
  it('is the SHA-256 of the whole key in base64url', () => {
    const key = mintKey();
    expect(hashKey(key)).toBe(createHash('sha256').update(key, 'utf8').digest().toString('base64url'));
    expect(hashKey(key)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('containsKey', () => {
  it('sees a key, whole or cut off, anywhere in a text', () => {
    const key = mintKey();
    for (const text of [key, `use ${key}!`, `key=${key.slice(0, 12)}`, `x${key}${key}`]) {
      expect(containsKey(text)).toBe(true);
    }
  });

  it('does not mind a key start, which is there to be shown', () => {
    expect(containsKey(`replaces ${keyStart(mintKey())} of tlx_website_builds`)).toBe(false);
  });
});

describe('keyStart', () => {
  it('shows the prefix and four characters, and no more', () => {
    expect(keyStart(`tlx_AbC9${'x'.repeat(45)}`)).toBe('tlx_AbC9');
  });
});

describe('toBase62', () => {
  it('round-trips every number that fits, padded to the length asked for', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), (value) => {
        const text = toBase62(value, 43);
        expect(text).toHaveLength(43);
        expect(fromBase62(text)).toBe(value);
      }),
    );
  });

  it('refuses a number that does not fit, rather than cut it', () => {
    expect(toBase62(61n, 1)).toBe('z');
    expect(() => toBase62(62n, 1)).toThrow(RangeError);
    expect(() => toBase62(62n ** 9n, 9)).toThrow(RangeError);
    expect(() => toBase62(62n ** 16n, 16)).toThrow(RangeError);
  });
});
