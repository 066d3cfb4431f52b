import { Database } from '#database';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import { KeyManagementConfig } from '../key-management.config.js';
import { findOccasions } from './find-occasions.js';
import { type Notification, WebhookSender } from './webhook-sender.js';

const LOOK_EVERY_MS = 5_000;
/** Sent at the same time by one process: a receiver is not to be flooded. */
const MAX_AT_ONCE = 10;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;
/** Beyond the time limit of an attempt: should its process die, another one tries after this. */
const CLAIM_MARGIN_MS = 30_000;

/** No lock is held while the receiver is asked: until then, whoever has claimed it has it to itself. */
const CLAIM = `
  UPDATE key_management.notifications SET
    attempts = attempts + 1,
    next_attempt_at = now() + $1::integer * interval '1 millisecond'
  WHERE id IN (
    SELECT id FROM key_management.notifications
    WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT ${String(MAX_AT_ONCE)} FOR UPDATE SKIP LOCKED
  )
  RETURNING id, type, data, attempts, occurred_at AS "occurredAt"`;
const DELIVERED = `UPDATE key_management.notifications SET delivered_at = now(), last_error = NULL WHERE id = $1`;
const TRY_AGAIN = `
  UPDATE key_management.notifications
  SET last_error = $2, next_attempt_at = now() + $3::integer * interval '1 millisecond' WHERE id = $1`;
const GIVE_UP = `UPDATE key_management.notifications SET last_error = $2, given_up_at = now() WHERE id = $1`;

const deliveries = new Counter({
  name: 'webhook_deliveries_total',
  help: 'Attempts to tell the webhook: delivered, failed (to be tried again), or given_up.',
  labelNames: ['outcome'],
});

interface Claimed extends Notification {
  attempts: number;
}

/**
 * Tells a webhook what an admin would rather hear than find out. Any number of replicas: what there is to tell is written down
 * once, and sent by whoever claims it. When that one dies between the receiver's answer and writing it down, it is sent again
 * with the same id.
 */
@Injectable()
export class NotificationsService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(NotificationsService.name);
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly sender: WebhookSender,
    private readonly config: KeyManagementConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.WEBHOOK_URL !== undefined) this.running = this.lookAgainAndAgain();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  /** @throws DomainError UNAVAILABLE when PostgreSQL cannot be reached in time. */
  async look(): Promise<void> {
    await this.database.run(findOccasions);
    let claimed: Claimed[];
    do {
      claimed = await this.claim();
      await Promise.all(claimed.map((notification) => this.deliver(notification)));
    } while (claimed.length === MAX_AT_ONCE && !this.stopping.signal.aborted);
  }

  private async lookAgainAndAgain(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.logger.warn(
        `the webhook is not told, trying again: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.running = this.lookAgainAndAgain();
    }, LOOK_EVERY_MS);
  }

  private claim(): Promise<Claimed[]> {
    return this.database.run(async (manager) => {
      const [rows]: [Claimed[], number] = await manager.query(CLAIM, [
        this.config.WEBHOOK_TIMEOUT_MS + CLAIM_MARGIN_MS,
      ]);
      return rows;
    });
  }

  private async deliver(notification: Claimed): Promise<void> {
    const { id, type, attempts } = notification;
    try {
      await this.sender.send(notification);
    } catch (error) {
      await this.failed(notification, error instanceof Error ? error.message : String(error));
      return;
    }
    deliveries.inc({ outcome: 'delivered' });
    this.logger.log('The webhook was told', { notificationId: id, type, attempts });
    await this.database.run((manager) => manager.query(DELIVERED, [id]));
  }

  private async failed({ id, type, attempts }: Claimed, reason: string): Promise<void> {
    const isLast = attempts >= this.config.WEBHOOK_MAX_ATTEMPTS;
    deliveries.inc({ outcome: isLast ? 'given_up' : 'failed' });
    if (isLast) {
      this.logger.error('The webhook could not be told, given up', {
        notificationId: id,
        type,
        attempts,
        reason,
      });
      await this.database.run((manager) => manager.query(GIVE_UP, [id, reason]));
      return;
    }
    const delayMs = retryDelayMs(attempts, Math.random());
    this.logger.warn('The webhook could not be told, trying again', {
      notificationId: id,
      type,
      attempts,
      reason,
      delayMs,
    });
    await this.database.run((manager) => manager.query(TRY_AGAIN, [id, reason, delayMs]));
  }
}

/**
 * Twice as long after each failure, and by a random half less: replicas and notifications do not all come back at once.
 *
 * @param attempts so far, at least 1
 * @param random   in [0, 1)
 */
export function retryDelayMs(attempts: number, random: number): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
  return Math.round(longest * (1 - random / 2));
}
