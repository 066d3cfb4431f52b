import { containsKey } from '#api-key';
import { ValidateBy } from 'class-validator';

/**
 * For every text of free form that goes on from here: to other services, into tables, into what a caller is shown. A key
 * that was pasted into it is refused, as nothing behind the gateway may ever see one.
 */
export const HoldsNoKey = (): PropertyDecorator =>
  ValidateBy({
    name: 'holdsNoKey',
    validator: {
      validate: (value) => typeof value !== 'string' || !containsKey(value),
      defaultMessage: () =>
        '$property must not contain an API key: to name one, its first 8 characters are enough',
    },
  });
