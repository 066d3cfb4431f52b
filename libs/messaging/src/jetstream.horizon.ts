import type { StoredMessage } from './jetstream.event-batch.js';

/** Several flushes. When the others are further behind than that, the horizon stands still until they have caught up. */
const REMEMBERED_MESSAGES = 2_048;

/**
 * Finds the moment before which everything that was stored has been handled, by whichever replica.
 *
 * A replica that has handled a message knows nothing of the messages before it: another one may have fetched them and
 * be stuck. Once the acknowledgements have reached the message's place in the stream, nobody holds any.
 */
export class Horizon {
  private handled: Pick<StoredMessage, 'seq' | 'time'>[] = [];
  private reached = 0;

  /** @param messages that this replica has acknowledged */
  note(messages: readonly StoredMessage[]): void {
    const noted = messages.map(({ seq, time }) => ({ seq, time }));
    this.handled = [...this.handled, ...noted].slice(-REMEMBERED_MESSAGES);
  }

  /**
   * @param ackFloor up to which every message of the stream is acknowledged
   * @returns the moment, when it is later than the last one
   */
  moveTo(ackFloor: number): Date | undefined {
    const times = this.handled.filter(({ seq }) => seq <= ackFloor).map(({ time }) => time.getTime());
    this.handled = this.handled.filter(({ seq }) => seq > ackFloor);
    const latest = Math.max(this.reached, ...times);
    if (latest === this.reached) return undefined;
    this.reached = latest;
    return new Date(latest);
  }
}
