/** As many characters of a key in a row as count as a leak. */
const SLICE_CHARACTERS = 16;
const GRAM_BYTES = 3;

interface Form {
  name: string;
  /** All needles of a form are equally long, so one look-up in a set tells whether a place holds any of them. */
  length: number;
  needles: Map<string, string>;
}

export interface Finding {
  /** Which of the names given to the scanner. */
  secret: string;
  form: string;
  /** Byte offset. */
  at: number;
}

/** Finds pieces of many secrets in many megabytes of anything: a set of pieces, and one walk over the bytes. */
export class SecretScanner {
  private readonly forms = new Map<string, Form>();
  /** Which three bytes a needle can begin with: nearly every place is done with one look at this. */
  private readonly beginnings = new Uint8Array(1 << (8 * GRAM_BYTES));

  /** Looks for any {@link SLICE_CHARACTERS} characters in a row of the key, as they are, in hex and in base64. */
  addKey(name: string, key: string): void {
    for (let start = 0; start + SLICE_CHARACTERS <= key.length; start++) {
      const slice = key.slice(start, start + SLICE_CHARACTERS);
      const hex = Buffer.from(slice).toString('hex');
      this.add(name, 'plain', slice);
      this.add(name, 'hex', hex);
      this.add(name, 'HEX', hex.toUpperCase());
      for (const phase of [0, 1, 2]) {
        this.add(name, 'base64', inBase64(slice, phase, 'base64'));
        this.add(name, 'base64url', inBase64(slice, phase, 'base64url'));
      }
    }
  }

  /** Looks for the whole of it, as it is. */
  addWhole(name: string, secret: string): void {
    this.add(name, `whole-${String(secret.length)}`, secret);
  }

  /** The first of each secret and form. */
  scan(content: Buffer | string): Finding[] {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const found = new Map<string, Finding>();
    let gram = 0;
    for (let end = 0; end < bytes.length; end++) {
      gram = ((gram << 8) | (bytes[end] ?? 0)) & 0xffffff;
      if (this.beginnings[gram] === 0 || end < GRAM_BYTES - 1) continue;
      const at = end - GRAM_BYTES + 1;
      for (const { name: form, length, needles } of this.forms.values()) {
        const secret = needles.get(bytes.toString('latin1', at, at + length));
        const id = `${secret ?? ''}/${form}`;
        if (secret !== undefined && !found.has(id)) found.set(id, { secret, form, at });
      }
    }
    return [...found.values()];
  }

  private add(secret: string, name: string, needle: string): void {
    let form = this.forms.get(name);
    if (form === undefined)
      this.forms.set(name, (form = { name, length: needle.length, needles: new Map() }));
    if (form.length !== needle.length) throw new Error(`needles of the form ${name} differ in length`);
    form.needles.set(needle, secret);
    this.beginnings[Buffer.from(needle).readUIntBE(0, GRAM_BYTES)] = 1;
  }
}

/**
 * What a slice looks like in the base64 of a longer text, which depends on where it begins: `phase` bytes after a
 * multiple of three. Only characters that nothing but the slice has a part in; of them as many as every phase has.
 */
function inBase64(slice: string, phase: number, encoding: 'base64' | 'base64url'): string {
  const everyPhaseHas = 20;
  const first = Math.ceil((phase * 8) / 6);
  return Buffer.from('\0'.repeat(phase) + slice)
    .toString(encoding)
    .slice(first, first + everyPhaseHas);
}
