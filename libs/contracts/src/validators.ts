import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsRFC3339,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import {
  MAX_ACTOR_CHARACTERS,
  MAX_AUDIT_DETAIL_CHARACTERS,
  MAX_CURSOR_CHARACTERS,
  MAX_EXPIRY_YEARS,
  MAX_NOTE_CHARACTERS,
  MAX_PAGE_ITEMS,
  MAX_PROJECT_IDS,
  MAX_PROJECT_NAME_CHARACTERS,
  MAX_SEARCH_CHARACTERS,
} from './limits.js';

/** SHA-256 of a key, base64url without padding: 43 characters. */
const KEY_HASH = /^[A-Za-z0-9_-]{43}$/;
/** A UUID of any version. */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const KEY_START = /^tlx_[0-9A-Za-z]{4}$/;
/** What `Date#toJSON` writes, in years that every store and library can represent. */
const INSTANT = /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/**
 * C0 and C1 control characters and the line separators break lists, logs and terminals; characters that turn the direction
 * of writing make a text look like another one; half a surrogate pair would come back as something else.
 */
const NO_CONTROL_CHARACTERS =
  // eslint-disable-next-line no-control-regex -- control characters are what this pattern is about
  /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]*$/u;

interface Each {
  each?: boolean;
}

export const IsKeyHash = ({ each = false }: Each = {}): PropertyDecorator =>
  Matches(KEY_HASH, { each, message: '$property must be a SHA-256 in base64url' });

export const IsKeyStart = (): PropertyDecorator =>
  Matches(KEY_START, { message: '$property must be the start of a key' });

export const IsId = ({ each = false }: Each = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isId',
      validator: {
        validate: (value) => typeof value === 'string' && ID.test(value),
        defaultMessage: () => '$property must be a UUID',
      },
    },
    { each },
  );

/** The property may be absent, but `null` has to validate like any value (unlike class-validator's `IsOptional`). */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** The property may be absent or `null`. */
export const MayBeNull = (): PropertyDecorator => IsOptional();

/** A note or `null`: trimmed, and `null` when only white space was sent. */
export const IsNote = (): PropertyDecorator =>
  all(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() || null : value)),
    ValidateIf((_object, value) => value !== null),
    IsString(),
    MaxLength(MAX_NOTE_CHARACTERS),
    HasNoControlCharacters(),
  );

export const IsProjectName = (): PropertyDecorator =>
  all(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
    IsString(),
    IsNotEmpty(),
    MaxLength(MAX_PROJECT_NAME_CHARACTERS),
    HasNoControlCharacters(),
  );

/** A moment in the future, with an offset, at most {@link MAX_EXPIRY_YEARS} years away; or nothing. */
export const IsExpiry = (): PropertyDecorator =>
  all(
    MayBeNull(),
    IsRFC3339({ message: '$property must be a date and time with an offset, like 2030-01-31T00:00:00Z' }),
    ValidateBy({
      name: 'isExpiry',
      validator: {
        validate: isExpiry,
        defaultMessage: () =>
          `$property must exist, lie in the future and at most ${String(MAX_EXPIRY_YEARS)} years away`,
      },
    }),
  );

/** A moment of this millennium in UTC with milliseconds, as `Date#toJSON` writes it. */
export const IsInstant = ({ wholeHour = false } = {}): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => isInstant(value) && (!wholeHour || value.endsWith(':00:00.000Z')),
      defaultMessage: () =>
        wholeHour
          ? '$property must be the start of an hour, UTC'
          : '$property must be a moment like 2030-01-31T00:00:00.000Z',
    },
  });

/** An array as long as the one in the property `column`: together they are the columns of a table. */
export const HasAsManyItemsAs = (column: string): PropertyDecorator =>
  ValidateBy({
    name: 'hasAsManyItemsAs',
    constraints: [column],
    validator: {
      validate: (value, args) => {
        const other: unknown = args?.object === undefined ? undefined : Reflect.get(args.object, column);
        return Array.isArray(value) && Array.isArray(other) && value.length === other.length;
      },
      defaultMessage: () => '$property must be an array with as many items as $constraint1',
    },
  });

/** Who has done something, as the gateway names them. */
export const IsActor = (): PropertyDecorator =>
  all(IsString(), IsNotEmpty(), MaxLength(MAX_ACTOR_CHARACTERS), HasNoControlCharacters());

export const IsAuditDetail = (): PropertyDecorator =>
  all(IsString(), IsNotEmpty(), MaxLength(MAX_AUDIT_DETAIL_CHARACTERS), HasNoControlCharacters());

/** The projects that the asker may see: only these when present, none when empty, all when absent. */
export const AreProjectIds = (): PropertyDecorator =>
  all(MayBeAbsent(), IsArray(), ArrayMaxSize(MAX_PROJECT_IDS), IsId({ each: true }));

export const IsPageLimit = (): PropertyDecorator => all(IsInt(), Min(1), Max(MAX_PAGE_ITEMS));

export const IsPageCursor = (): PropertyDecorator =>
  all(MayBeAbsent(), IsString(), MaxLength(MAX_CURSOR_CHARACTERS));

export const IsSearch = (): PropertyDecorator =>
  all(MayBeAbsent(), IsString(), MaxLength(MAX_SEARCH_CHARACTERS), HasNoControlCharacters());

function HasNoControlCharacters(): PropertyDecorator {
  return Matches(NO_CONTROL_CHARACTERS, { message: '$property must not contain control characters' });
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && new Date(value).toJSON() === value;
}

function isExpiry(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const expiry = new Date(value);
  // Date rolls 30 February over into March: the day that was asked for has to come back out.
  const day = value.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toJSON().startsWith(day);
  const latest = new Date();
  latest.setUTCFullYear(latest.getUTCFullYear() + MAX_EXPIRY_YEARS);
  return exists && expiry.getTime() > Date.now() && expiry <= latest;
}

function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
