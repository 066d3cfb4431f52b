import { DomainError, recordAuditEvent, type RecordAuditEventRequest } from '#contracts';
import { MessageBus } from '#messaging';
import { requestContext, type RequestContext } from '#observability';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { GatewayConfig } from '../gateway.config.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { type Denial, DenialSums } from './denial-sums.js';

const TICK_MS = 1_000;
/** The same event may be sent twice: it has an id. */
const DELIVERY = { timeoutMs: 2_000 } as const;

type SessionEvent = Pick<RecordAuditEventRequest, 'actor' | 'sourceAddress' | 'detail'> & {
  action: 'session.signed-in' | 'session.signed-out';
};

/** An event, with the request that it happened in. */
interface Undelivered {
  event: RecordAuditEventRequest;
  context: RequestContext | undefined;
}

/** Brings to the audit trail what happens in the gateway alone. */
@Injectable()
export class AuditRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditRecorder.name);
  private readonly sums: DenialSums;
  /** In order. Bounded: while anything is left in it, no window of {@link sums} is closed. */
  private readonly undelivered: Undelivered[] = [];
  private delivery: Promise<void> | undefined;
  private isAway = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: MessageBus,
    config: GatewayConfig,
  ) {
    this.sums = new DenialSums(config.MAX_AUDITED_DENIALS);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.closeWindows();
    }, TICK_MS);
  }

  /** The HTTP door is closed by now. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.delivery;
    this.undelivered.push(...withoutContext(this.sums.takeAll(new Date())));
    await this.deliver();
    const lost = this.undelivered.reduce((sum, { event }) => sum + (event.count ?? 1), 0);
    if (lost > 0) this.logger.error('Denials are missing in the audit trail', { denials: lost });
  }

  /**
   * Resolves when it is recorded: a sign-in that nobody could find later must not succeed.
   *
   * @throws DomainError UNAVAILABLE
   */
  async record(event: SessionEvent): Promise<void> {
    const request = { eventId: uuidv7(), occurredAt: new Date().toISOString(), ...event };
    await this.bus.request(recordAuditEvent, request, { ...MANAGEMENT_REQUEST, attempts: 2 });
  }

  /**
   * Returns at once and never fails: a refusal must not depend on whether it can be written down. Kept in memory until it
   * is, summed up when there are many; `kill -9` loses what is not delivered yet, and the count of the last minute.
   */
  recordDenial(denial: Denial): void {
    const event = this.sums.add(denial, new Date());
    if (event === undefined) return;
    this.undelivered.push({ event, context: requestContext.getStore() });
    void this.deliver();
  }

  private closeWindows(): void {
    if (this.undelivered.length === 0) {
      this.undelivered.push(...withoutContext(this.sums.takeOver(new Date())));
    }
    void this.deliver();
  }

  /** One delivery at a time. Never rejects: what could not be delivered stays where it is. */
  private deliver(): Promise<void> {
    this.delivery ??= this.deliverAll().finally(() => (this.delivery = undefined));
    return this.delivery;
  }

  private async deliverAll(): Promise<void> {
    try {
      for (let next = this.undelivered[0]; next !== undefined; next = this.undelivered[0]) {
        await this.send(next).catch((error: unknown) => {
          if (isTemporary(error)) throw error;
          this.logger.error('An event was refused, and is missing in the audit trail', { err: error });
        });
        this.undelivered.shift();
      }
      this.isAway = false;
    } catch (error) {
      // One line tells it.
      if (!this.isAway) this.logger.warn('Denials cannot be recorded: they are kept', { err: error });
      this.isAway = true;
    }
  }

  private async send({ event, context }: Undelivered): Promise<void> {
    const send = async (): Promise<void> => {
      await this.bus.request(recordAuditEvent, event, DELIVERY);
    };
    await (context === undefined ? send() : requestContext.run(context, send));
  }
}

/** Whatever else is wrong with an event, it would be the next time. */
function isTemporary(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'UNAVAILABLE';
}

function withoutContext(events: readonly RecordAuditEventRequest[]): Undelivered[] {
  return events.map((event) => ({ event, context: undefined }));
}
