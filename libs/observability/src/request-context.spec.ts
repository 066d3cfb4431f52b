import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { requestContext, requestContextFrom } from './request-context.js';

const first = requestContextFrom({ requestId: 'first' });
const second = requestContextFrom({ requestId: 'second' });

/** Work that goes on until it is told to end, and then tells whose it was. */
function work(): { run: () => Promise<string | undefined>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    run: async () => {
      await ended;
      await setImmediate();
      return requestContext.getStore()?.requestId;
    },
    end: () => {
      end();
    },
  };
}

describe('the context of a request', () => {
  it('is what runs inside sees, also after an await, and nobody else', async () => {
    const inside = work();
    const result = requestContext.run(first, inside.run);
    expect(requestContext.getStore()).toBeUndefined();
    inside.end();
    expect(await result).toBe('first');
    expect(requestContext.getStore()).toBeUndefined();
  });

  it('stays while others come and go', async () => {
    const [one, other] = [work(), work()];
    const results = [requestContext.run(first, one.run), requestContext.run(second, other.run)];
    one.end();
    expect(await results[0]).toBe('first');
    expect(await requestContext.run(second, () => requestContext.run(first, async () => 'nested'))).toBe(
      'nested',
    );
    other.end();
    expect(await results[1]).toBe('second');
  });

  it('ends with a rejection as well', async () => {
    await expect(requestContext.run(first, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const again = work();
    const result = requestContext.run(second, again.run);
    again.end();
    expect(await result).toBe('second');
  });

  it('costs nothing while nobody is inside', async () => {
    const disable = jest.spyOn(AsyncLocalStorage.prototype, 'disable');
    const [one, other] = [work(), work()];
    const results = [requestContext.run(first, one.run), requestContext.run(second, other.run)];
    one.end();
    await results[0];
    expect(disable).not.toHaveBeenCalled();
    other.end();
    await results[1];
    expect(disable).toHaveBeenCalledTimes(1);
  });
});
