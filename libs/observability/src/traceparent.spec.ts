import { spanOf, traceparentFrom } from './traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const VALID = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;

describe('the traceparent of a hop', () => {
  it.each([
    ['00', '00'],
    ['01', '01'],
    // Flags that we do not know are not passed on.
    ['ff', '01'],
    ['02', '00'],
  ])('continues the trace in a span of its own, flags %s as %s', (inbound, outbound) => {
    const traceparent = traceparentFrom(`00-${TRACE}-${SPAN}-${inbound}`);
    expect(traceparent).toMatch(VALID);
    const { traceId, spanId } = spanOf(traceparent);
    expect(traceId).toBe(TRACE);
    expect(spanId).not.toBe(SPAN);
    expect(traceparent.endsWith(`-${outbound}`)).toBe(true);
  });

  it('reads what a later version has in common with ours', () => {
    expect(traceparentFrom(`01-${TRACE}-${SPAN}-01-more`)).toMatch(
      new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`),
    );
  });

  it.each([
    undefined,
    '',
    ['00'],
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01 `,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `01-${TRACE}-${SPAN}-01-${'x'.repeat(1000)}`,
  ])('starts a new trace in place of %j', (inbound) => {
    const traceparent = traceparentFrom(inbound);
    expect(traceparent).toMatch(VALID);
    expect(spanOf(traceparent).traceId).not.toBe(TRACE);
  });
});
