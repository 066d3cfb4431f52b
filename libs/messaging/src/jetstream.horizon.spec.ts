import { Horizon } from './jetstream.horizon.js';

const SUBJECT = 'evt.tests.v1.happened';
const time = (seq: number): Date => new Date(seq * 1_000);
const messages = (...sequences: number[]) =>
  sequences.map((seq) => ({ seq, time: time(seq), subject: SUBJECT, data: new Uint8Array() }));

describe('the moment before which everything is handled', () => {
  it('is when the last message was stored, once the acknowledgements have reached it', () => {
    const horizon = new Horizon();
    horizon.note(messages(1, 2, 3));
    expect(horizon.moveTo(3)).toEqual(time(3));
  });

  it('does not go past what another replica holds, and does so when that is acknowledged', () => {
    const horizon = new Horizon();
    horizon.note(messages(1, 2, 4, 7));
    expect(horizon.moveTo(2)).toEqual(time(2));
    expect(horizon.moveTo(5)).toEqual(time(4));
    horizon.note(messages(8));
    expect(horizon.moveTo(9)).toEqual(time(8));
  });

  it('is told when it moves, and never moves back', () => {
    const horizon = new Horizon();
    horizon.note(messages(5));
    expect(horizon.moveTo(4)).toBeUndefined();
    expect(horizon.moveTo(5)).toEqual(time(5));
    expect(horizon.moveTo(5)).toBeUndefined();
    // Delivered a second time.
    horizon.note(messages(3));
    expect(horizon.moveTo(6)).toBeUndefined();
  });

  it('remembers a limited number of messages: the latest ones, so that it moves again some day', () => {
    const horizon = new Horizon();
    for (let seq = 1; seq <= 5_000; seq += 1) horizon.note(messages(seq));
    expect(horizon.moveTo(1_000)).toBeUndefined();
    expect(horizon.moveTo(5_000)).toEqual(time(5_000));
  });
});
