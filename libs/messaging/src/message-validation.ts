import { ValidationPipe, type ValidationPipeOptions } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError, type MessageClass } from '#contracts';

/** More would only make the answer long. */
const MAX_FIELD_ERRORS = 20;

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
  return new ValidationPipe({
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

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ pointer, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}

/** RFC 6901. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
