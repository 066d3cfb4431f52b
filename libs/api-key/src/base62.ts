/** In this order: `0-9A-Za-z`. */
const ALPHABET = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

/** Base 62 digits that a double carries exactly: 62^8 < 2^53 < 62^9. */
const CHUNK_DIGITS = 8;
const CHUNK = BigInt(62 ** CHUNK_DIGITS);

/**
 * Writes a number in base 62, most significant digit first, with leading zeros up to `digits`.
 *
 * @throws RangeError when the number does not fit: a shortened key would be a wrong one.
 */
export function toBase62(value: bigint, digits: number): string {
  const text = Buffer.alloc(digits);
  let rest = value;
  let chunk = 0;
  for (let written = 0; written < digits; written += 1) {
    // Divide by 62^8 at a time, and take those eight digits apart with ordinary numbers: several times as fast.
    if (written % CHUNK_DIGITS === 0) {
      chunk = Number(rest % CHUNK);
      rest /= CHUNK;
    }
    text[digits - 1 - written] = ALPHABET.readUInt8(chunk % 62);
    chunk = Math.floor(chunk / 62);
  }
  if (chunk > 0 || rest > 0n)
    throw new RangeError(`the number needs more than ${String(digits)} base 62 digits`);
  return text.toString('latin1');
}
