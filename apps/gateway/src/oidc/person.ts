import { MAX_ACTOR_CHARACTERS } from '#contracts';

/** Longer ones exist in no provider that we know of, and would not fit beside a name. */
const MAX_SUBJECT_CHARACTERS = 150;
/** What the audit trail calls those who are no person of the provider. */
const RESERVED = new Set(['admin-token', 'self', 'anonymous']);
// eslint-disable-next-line no-control-regex -- control characters are what this pattern is about
const UNSEEMLY = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;

export interface Person {
  actor: string;
  name: string;
}

/**
 * What a person is called: `Ada Lovelace (248289761001)`. The subject is always there: names can be changed and chosen.
 *
 * @returns `undefined` when there is no subject that can be shown
 */
export function personFrom(claims: Readonly<Record<string, unknown>>): Person | undefined {
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_CHARACTERS) return undefined;
  if (sub.search(UNSEEMLY) >= 0) return undefined;
  const given = [claims['name'], claims['preferred_username'], claims['email']]
    .map((value) => (typeof value === 'string' ? value.replace(UNSEEMLY, '').trim() : ''))
    .find((value) => value !== '' && value !== sub);
  if (given === undefined) return { actor: RESERVED.has(sub) ? `user (${sub})` : sub, name: sub };
  const name = given.slice(0, MAX_ACTOR_CHARACTERS - sub.length - ' ()'.length);
  return { actor: `${name} (${sub})`, name };
}
