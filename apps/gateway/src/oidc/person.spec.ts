import { personFrom } from './person.js';

describe('a person', () => {
  it.each([
    [{ sub: '42', name: 'Ada Lovelace' }, 'Ada Lovelace (42)', 'Ada Lovelace'],
    [{ sub: '42', email: 'ada@example.com' }, 'ada@example.com (42)', 'ada@example.com'],
    [{ sub: '42', name: ' ', preferred_username: 'ada' }, 'ada (42)', 'ada'],
    [{ sub: '42' }, '42', '42'],
    [{ sub: 'ada', name: 'ada' }, 'ada', 'ada'],
    [{ sub: '42', name: 'Ada\u202e\n' }, 'Ada (42)', 'Ada'],
  ])('%j is %s', (claims, actor, name) => {
    expect(personFrom(claims)).toEqual({ actor, name });
  });

  it.each(['admin-token', 'self', 'anonymous'])('is not taken for %s, which is no person', (sub) => {
    expect(personFrom({ sub })?.actor).toBe(`user (${sub})`);
    expect(personFrom({ sub: '42', name: sub })?.actor).toBe(`${sub} (42)`);
  });

  it('has an actor of 200 characters at most, with the whole subject in it', () => {
    const sub = 's'.repeat(150);
    const actor = personFrom({ sub, name: 'n'.repeat(300) })?.actor;
    expect(actor).toHaveLength(200);
    expect(actor).toContain(`(${sub})`);
  });

  it.each([{}, { sub: 5 }, { sub: '' }, { sub: 's'.repeat(151) }, { sub: 'a\nb' }])('is not %j', (claims) => {
    expect(personFrom(claims)).toBeUndefined();
  });
});
