import { redactFields, redactText } from './redaction.js';

const KEY = `tlx_${'aB3'.repeat(17).slice(0, 49)}`;

describe('redaction of fields', () => {
  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'password',
    'NATS_PASSWORD',
    'clientSecret',
    'ADMIN_TOKEN',
    'key',
    'apiKey',
    'x-api-key',
  ])('hides the value of %s, at any depth and in lists', (name) => {
    const fields = {
      [name]: 'value',
      one: { two: { [name]: ['value'] } },
      list: [{ [name]: { deep: 'value' } }],
    };
    expect(JSON.stringify(redactFields(fields))).not.toContain('value');
  });

  it.each(['keyId', 'keyHash', 'keyStart', 'projectId', 'subject', 'monkeyBusiness'])(
    'shows the value of %s',
    (name) => {
      expect(redactFields({ [name]: 'value' })).toEqual({ [name]: 'value' });
    },
  );

  it('shows counts', () => {
    expect(redactFields({ keys: 12, token: false })).toEqual({ keys: 12, token: false });
  });

  it('ends where fields contain themselves', () => {
    const fields: Record<string, unknown> = {};
    fields['self'] = fields;
    expect(() => JSON.stringify(redactFields(fields))).not.toThrow();
  });

  it('leaves the fields themselves as they are', () => {
    const fields = { nested: { password: 'value' } };
    redactFields(fields);
    expect(fields.nested.password).toBe('value');
  });
});

describe('redaction of text', () => {
  it('shortens whatever looks like a key to its start', () => {
    expect(redactText(`GET /v1/auth?key=${KEY} 200`)).toBe(`GET /v1/auth?key=${KEY.slice(0, 8)}… 200`);
    expect(redactText(`my_${KEY}`)).toBe(`my_${KEY.slice(0, 8)}…`);
    expect(redactText(`"${KEY.slice(0, 20)}"`)).toBe(`"${KEY.slice(0, 8)}…"`);
  });

  it.each([
    ['postgres://user:word@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['nats://token@nats:4222', 'nats://[redacted]@nats:4222'],
    ['redis://:word@127.0.0.1', 'redis://[redacted]@127.0.0.1'],
    ['postgresql+ssl://user:word@db', 'postgresql+ssl://[redacted]@db'],
    ['PGPASSWORD=word psql', 'PGPASSWORD=[redacted] psql'],
    ['https://example.org/a@b', 'https://example.org/a@b'],
    ['host=db password=word user=x', 'host=db password=[redacted] user=x'],
  ])('makes of %s: %s', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });

  it.each(['a.', 'a-', 'tlx_', '://', 'a:/', 'token', 'x'])(
    'takes no time that grows with the square, for 500,000 times %j',
    (part) => {
      const startedAt = performance.now();
      redactText(part.repeat(500_000));
      // No measurement: it takes a fraction of a second, and with the square it would be many minutes.
      expect(performance.now() - startedAt).toBeLessThan(30_000);
    },
  );

  it('keeps a line of JSON a line of JSON', () => {
    const line = JSON.stringify({
      msg: `"${KEY}" "postgres://a:b@c" "password=x"\nsecret=z\n`,
      next: 'token=y',
    });
    expect(JSON.parse(redactText(line))).toEqual({
      msg: `"${KEY.slice(0, 8)}…" "postgres://[redacted]@c" "password=[redacted]"\nsecret=[redacted]\n`,
      next: 'token=[redacted]',
    });
  });
});
