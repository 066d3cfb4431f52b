import { describeInPython, pytest } from '../../../test/support/python.js';

// Its own tests are pytest's: bad input and bad gateways, what people install, types (mypy) and layout (black).
describeInPython('the Python SDK', () => {
  it('does what its own tests promise', async () => {
    expect(await pytest(['tests'], { withinMs: 580_000 })).toBe('');
  }, 600_000);
});
