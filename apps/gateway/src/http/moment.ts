import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

const WITH_OFFSET = /^(2\d{3}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** A date and time with an offset, as people write it; it arrives in UTC with milliseconds, as messages have it. */
export const IsMoment = (): PropertyDecorator => (target, property) => {
  Transform(({ value }: { value: unknown }) => toInstant(value) ?? value)(target, property);
  ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value) => toInstant(value) === value,
      defaultMessage: () =>
        '$property must be a date and time with an offset, like 2030-01-31T00:00:00Z (in a URL, + is %2B)',
    },
  })(target, property);
};

function toInstant(value: unknown): string | undefined {
  const [text, day] = (typeof value === 'string' && WITH_OFFSET.exec(value)) || [];
  if (text === undefined || day === undefined) return undefined;
  const moment = new Date(text);
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(moment.getTime()) || Number.isNaN(midnight.getTime())) return undefined;
  // Date rolls 30 February over into March.
  return midnight.toJSON().startsWith(day) ? moment.toJSON() : undefined;
}
