import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  apiKeysRefused,
  apiKeysUsed,
  formatUsageBatchId,
  REFUSAL_REASONS,
  type UsageBatch,
} from '#contracts';
import { EventPublisher } from '#messaging';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { GatewayConfig } from '../gateway.config.js';
import { UsageRecorder } from './usage-recorder.js';
import { noUses, type UsageColumns } from './usage-sums.js';

/** What `kill -9` can lose. */
const FLUSH_INTERVAL_MS = 100;
/** Consumers believe for so long that nothing has happened, and drop a publisher after a minute of silence. */
const HEARTBEAT_INTERVAL_MS = 1_000;
/** A gateway without JetStream serves all the same; a consumer may then believe for a while that it has not begun. */
const HELLO_TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;
/** Of the grace at shutdown: for closing connections, and for an attempt that is under way. */
const RESERVED_GRACE_MS = 3_000;

const publishFailures = new Counter({
  name: 'usage_publish_failures_total',
  help: 'Attempts to publish a batch of uses that JetStream has not acknowledged; the same batch is sent again.',
});
const completeSeconds = new Gauge({
  name: 'usage_complete_timestamp_seconds',
  help: 'All uses counted before this Unix time have been acknowledged by JetStream.',
});

type BatchHeader = Pick<UsageBatch, 'eventId' | 'occurredAt' | 'completeBefore' | 'final'>;

/** One message to be. */
interface Draft {
  columns: UsageColumns;
  send: (header: BatchHeader) => Promise<void>;
}

/**
 * Publishes what {@link UsageRecorder} has counted: 100 ms after the last time when there is something, each second
 * when there is not. One batch at a time, again and again with the same id until JetStream has it; meanwhile uses go
 * on being summed, so a JetStream that is away costs memory for each key, and neither uses nor time.
 */
@Injectable()
export class UsagePublisher
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger(UsagePublisher.name);
  private readonly publisherId = randomUUID();
  private batchNumber = 0;
  /** Everything counted before is in acknowledged batches. */
  private completeBefore = new Date();
  private readonly stopping = new AbortController();
  private readonly givingUp = new AbortController();
  private shutdownStartedAt = 0;
  private running = Promise.resolve();

  constructor(
    private readonly recorder: UsageRecorder,
    private readonly events: EventPublisher,
    private readonly config: GatewayConfig,
  ) {}

  /** Says hello before the first request can come in: whoever has recorded what came later knows of this gateway. */
  async onApplicationBootstrap(): Promise<void> {
    const hello = this.publishAll(false);
    this.running = hello.then((isPublished) => (isPublished ? this.run() : undefined));
    await Promise.race([hello, setTimeout(HELLO_TIMEOUT_MS, undefined, { ref: false })]);
  }

  beforeApplicationShutdown(): void {
    this.shutdownStartedAt = performance.now();
  }

  /** The HTTP door is closed by now: what is in memory is all there will be. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    const elapsedMs = performance.now() - this.shutdownStartedAt;
    const remainingMs = Math.max(0, this.config.SHUTDOWN_GRACE_MS - RESERVED_GRACE_MS - elapsedMs);
    const tooLate = globalThis.setTimeout(() => {
      this.givingUp.abort();
    }, remainingMs);
    await this.running;
    clearTimeout(tooLate);
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    await this.untilThereIsWork();
    while (!this.stopping.signal.aborted) {
      if (!(await this.publishAll(false))) return;
      await this.untilThereIsWork();
    }
    await this.publishAll(true);
  }

  private async untilThereIsWork(): Promise<void> {
    const { signal } = this.stopping;
    const heartbeatAt = performance.now() + HEARTBEAT_INTERVAL_MS;
    do await pause(FLUSH_INTERVAL_MS, signal);
    while (this.recorder.isEmpty && performance.now() < heartbeatAt && !signal.aborted);
  }

  /** Takes what has been counted, and resolves with true when JetStream has all of it; with false at the very end. */
  private async publishAll(final: boolean): Promise<boolean> {
    const takenAt = new Date();
    const drafts = this.takeDrafts(takenAt);
    for (const [index, draft] of drafts.entries()) {
      const isLast = index === drafts.length - 1;
      const header: BatchHeader = {
        eventId: formatUsageBatchId({ publisherId: this.publisherId, batchNumber: ++this.batchNumber }),
        occurredAt: takenAt.toISOString(),
        // Only with the last part everything that was counted before `takenAt` is in a batch.
        completeBefore: (isLast ? takenAt : this.completeBefore).toISOString(),
        final: final && isLast,
      };
      if (!(await this.sendUntilAcknowledged(draft, header))) {
        this.logger.error('Uses are lost: JetStream was away until the end of the shutdown', {
          uses: total([...drafts.slice(index), ...this.takeDrafts(new Date())]),
        });
        return false;
      }
    }
    this.completeBefore = takenAt;
    completeSeconds.set(takenAt.getTime() / 1_000);
    return true;
  }

  private takeDrafts(at: Date): Draft[] {
    const uses = this.recorder.takeUses();
    const refusals = REFUSAL_REASONS.flatMap((reason) =>
      this.recorder.takeRefusals(reason).map((columns) => ({
        columns,
        send: (header: BatchHeader) => this.events.publish(apiKeysRefused, { ...header, ...columns, reason }),
      })),
    );
    if (uses.length === 0 && refusals.length === 0) uses.push(noUses(at));
    const used = uses.map((columns) => ({
      columns,
      send: (header: BatchHeader) => this.events.publish(apiKeysUsed, { ...header, ...columns }),
    }));
    return [...used, ...refusals];
  }

  /** False when there is no more time. */
  private async sendUntilAcknowledged({ send }: Draft, header: BatchHeader): Promise<boolean> {
    const startedAt = performance.now();
    for (let failures = 0; ; failures++) {
      try {
        await send(header);
        if (failures > 0) {
          const ms = Math.round(performance.now() - startedAt);
          this.logger.log('JetStream takes uses again', { ms });
        }
        return true;
      } catch (error) {
        publishFailures.inc();
        // One line tells it.
        if (failures === 0) {
          this.logger.warn('JetStream does not take uses: they are kept', { reason: reasonOf(error) });
        }
      }
      if (this.givingUp.signal.aborted) return false;
      await pause(Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS), this.givingUp.signal);
    }
  }
}

/** Ends early when the signal is given. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}

function total(drafts: readonly Draft[]): number {
  return drafts.flatMap(({ columns }) => columns.counts).reduce((sum, count) => sum + count, 0);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
