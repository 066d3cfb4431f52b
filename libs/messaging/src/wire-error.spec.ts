import { DomainError } from '#contracts';
import { fromWireError, toWireError } from './wire-error.js';

const overTheWire = (error: unknown): DomainError =>
  fromWireError(JSON.parse(JSON.stringify(toWireError(error))));

describe('an error that crosses the bus', () => {
  it('arrives as it was', () => {
    const sent = new DomainError('LIMIT_REACHED', 'At most 10,000.', [
      { pointer: '/note', message: 'is long' },
    ]);
    const { code, detail, fieldErrors } = overTheWire(sent);
    expect({ code, detail, fieldErrors }).toEqual({
      code: 'LIMIT_REACHED',
      detail: 'At most 10,000.',
      fieldErrors: [{ pointer: '/note', message: 'is long' }],
    });
  });

  it('keeps its cause at home', () => {
    const sent = new DomainError('UNAVAILABLE', undefined, [], { cause: new Error('db at 10.0.0.1') });
    expect(toWireError(sent)).toEqual({ code: 'UNAVAILABLE' });
  });

  it.each([new Error('secret'), new TypeError('secret'), 'secret', { code: 'LIMIT_REACHED' }, undefined])(
    'is a bare INTERNAL when nobody expected it: %p',
    (error) => {
      expect(toWireError(error)).toEqual({ code: 'INTERNAL' });
    },
  );

  it.each([undefined, null, 'text', {}, { code: 'FROM_THE_FUTURE' }, { status: 'error', message: 'x' }])(
    'is INTERNAL when it makes no sense here: %p',
    (wire) => {
      expect(fromWireError(wire)).toMatchObject({ code: 'INTERNAL', detail: undefined, fieldErrors: [] });
    },
  );

  it('loses what is not well formed', () => {
    const wire = {
      code: 'INVALID_REQUEST',
      detail: 7,
      fieldErrors: [{ pointer: '/a' }, { pointer: '/b', message: 'no' }],
    };
    expect(fromWireError(wire)).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: undefined,
      fieldErrors: [{ pointer: '/b', message: 'no' }],
    });
  });
});
