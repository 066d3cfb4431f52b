import { type ArgumentMetadata, ValidationPipe, type ValidationPipeOptions } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError, type MessageClass } from '#contracts';

/** More would only make the answer long. */
const MAX_FIELD_ERRORS = 20;
/** Levels of objects and lists in each other: nothing that is declared has more than three. */
const MAX_DEPTH = 8;

/**
 * Validates and transforms a message as an instance of `Message`, whatever type the handler's parameter has at
 * run time: `import type` of a message class cannot switch it off. What the class does not declare is refused,
 * and so is everything if the class declares nothing.
 */
export function messageValidation(Message: MessageClass<object>): ValidationPipe {
  return strictValidation({ expectedType: Message });
}

/** What every door of ours does with input. Without `expectedType`, the class is that of the parameter. */
export function strictValidation(options: Pick<ValidationPipeOptions, 'expectedType'> = {}): ValidationPipe {
  return new StrictValidationPipe({
    ...options,
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => {
      const found = errors.flatMap((error) => fieldErrors(error, ''));
      return new DomainError('INVALID_REQUEST', undefined, found.slice(0, MAX_FIELD_ERRORS));
    },
  });
}

/** class-validator takes names that every object has for declared ones: `toString` would pass as a field of any class. */
class StrictValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // class-transformer goes all the way down, until there is no stack left.
    if (isDeeperThan(value, MAX_DEPTH)) {
      throw new DomainError('INVALID_REQUEST', 'The input is nested too deeply.');
    }
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const undeclared = names.filter((name) => name in Object.prototype);
    if (undeclared.length === 0) return super.transform(value, metadata);
    const errors = undeclared.map((name) => ({
      pointer: `/${escapePointer(name)}`,
      message: `property ${name} should not exist`,
    }));
    throw new DomainError('INVALID_REQUEST', undefined, errors);
  }
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ pointer, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}

/** RFC 6901. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}
