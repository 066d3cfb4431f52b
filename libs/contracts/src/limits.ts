/** Limits that both sides of a message must agree on. Everything else is configuration of one service. */
export const MAX_NOTE_CHARACTERS = 200;
export const MAX_PROJECT_NAME_CHARACTERS = 100;
export const MAX_ACTOR_CHARACTERS = 200;
export const MAX_AUDIT_DETAIL_CHARACTERS = 500;
/** Projects that one principal can be limited to: 40 kB of a message. */
export const MAX_PROJECT_IDS = 1_000;
export const MAX_SEARCH_CHARACTERS = 200;
export const MAX_PAGE_ITEMS = 200;
export const DEFAULT_PAGE_ITEMS = 50;
/** Longest opaque page cursor that is read at all. */
export const MAX_CURSOR_CHARACTERS = 512;
/** Keys in one call of batch-verify. */
export const MAX_BATCH_KEYS = 500;
/** Key hashes in one verification message: about 12 kB of JSON, validated in well under a millisecond. */
export const MAX_VERIFICATIONS_PER_MESSAGE = 256;
/** Keys in one usage message: about 120 kB, safely under NATS' default payload limit of 1 MB. */
export const MAX_KEYS_PER_USAGE_MESSAGE = 2_000;
/** Keeps every sum that is made of such counts an exact integer, in JavaScript and in a `bigint` column. */
export const MAX_USES_PER_KEY_AND_MESSAGE = 2 ** 31;
/** In filters of lists. */
export const MAX_FILTER_DAYS = 3_650;
/** An expiry further away than this is a typing error. */
export const MAX_EXPIRY_YEARS = 10;
/** Days after its deletion that a key is shown with who still calls with it. */
export const DELETED_API_KEYS_DAYS = 90;
/** Days of the use of a key that one answer may have: some 20 kB. */
export const MAX_USAGE_RANGE_DAYS = 400;
/** What is shown of it unless something else is asked for. */
export const DEFAULT_USAGE_RANGE_DAYS = 90;
/** Hours of the use of a key that one answer has: 7 days. */
export const MAX_USAGE_HOURS = 168;
