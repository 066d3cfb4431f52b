import { requestIdFrom } from './request-id.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the request id', () => {
  it.each(['a', 'order-66', '0b7c.X:y_z', 'x'.repeat(128)])(
    'is the one that the caller gave: %s',
    (inbound) => {
      expect(requestIdFrom(inbound)).toBe(inbound);
    },
  );

  it.each([undefined, '', ' ', 'a b', 'a\nb', 'a\n', '"', 'ä', 'x'.repeat(129), ['a'], 7])(
    'is a new UUID in place of %j',
    (inbound) => {
      expect(requestIdFrom(inbound)).toMatch(UUID);
    },
  );

  it('is never an API key that was sent as one', () => {
    expect(requestIdFrom(`tlx_${'0'.repeat(49)}`)).toMatch(UUID);
  });

  it('is never given twice', () => {
    expect(requestIdFrom(undefined)).not.toBe(requestIdFrom(undefined));
  });
});
