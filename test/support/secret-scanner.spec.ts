import { mintKey } from '#api-key';
import { randomBytes } from 'node:crypto';
import { SecretScanner } from './secret-scanner.js';

const SLICE = 16;
const key = mintKey();
const scanner = new SecretScanner();
scanner.addKey('mine', key);
scanner.addKey('other', mintKey());
scanner.addWhole('password', 'correct horse');

const formsOf = (content: string | Buffer): string[] => scanner.scan(content).map(({ form }) => form);
/** In the middle of bytes that mean nothing, so that every alignment occurs. */
const surrounded = (content: string, before: number): Buffer =>
  Buffer.concat([randomBytes(before), Buffer.from(content), randomBytes(9)]);

describe('a scanner for secrets', () => {
  it('finds every slice of 16 characters of a key, wherever it stands', () => {
    for (let start = 0; start + SLICE <= key.length; start++) {
      const slice = key.slice(start, start + SLICE);
      const [finding] = scanner.scan(surrounded(slice, start));
      expect(finding).toEqual({ secret: 'mine', form: 'plain', at: start });
    }
  });

  it.each(['hex', 'base64', 'base64url'] as const)(
    'finds every slice in the %s of a longer text',
    (encoding) => {
      for (let start = 0; start + SLICE <= key.length; start++) {
        const text = surrounded(key.slice(start, start + SLICE), start).toString(encoding);
        expect(formsOf(text)).toContain(encoding);
      }
    },
  );

  it('finds upper-case hex', () => {
    // A slice whose hex has no letters is found in lower case as well.
    expect(formsOf(Buffer.from(key).toString('hex').toUpperCase())).toContain('HEX');
  });

  it('does not find 15 characters, the start of a key, or another key', () => {
    expect(formsOf(`${key.slice(0, 15)} ${key.slice(30, 45)} ${mintKey()}`)).toEqual([]);
  });

  it('finds other secrets when they are whole', () => {
    expect(formsOf('a correct hors')).toEqual([]);
    expect(scanner.scan('a correct horse').map(({ secret }) => secret)).toEqual(['password']);
  });
});
