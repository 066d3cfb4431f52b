import { DomainError, recordAuditEvent, type RecordAuditEventRequest } from '#contracts';
import { MessageBus } from '#messaging';
import { requestContext, type RequestContext } from '#observability';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { Counter, Gauge } from 'prom-client';
import { v7 as uuidv7 } from 'uuid';
import { GatewayConfig } from '../gateway.config.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { type Denial, DenialSums } from './denial-sums.js';

const TICK_MS = 1_000;
/** The same event may be sent twice: it has an id. */
const DELIVERY = { timeoutMs: 2_000 } as const;
/** For what is left at shutdown; UsagePublisher may have taken all of the grace but 3 s. */
const LAST_DELIVERY_MS = 2_000;
/** Sign-outs that are kept while key-management is away. Denials have a limit of their own. */
const MAX_KEPT_SIGN_OUTS = 1_000;

const waiting = new Gauge({
  name: 'audit_events_waiting',
  help: 'Events of the audit trail that are kept in memory until key-management takes them.',
});
const lostTotal = new Counter({
  name: 'audit_events_lost_total',
  help: 'Denials and sign-outs that will be missing in the audit trail: refused by key-management, too many, or left at shutdown.',
});

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
  /** In order. Bounded: while anything is left in it, no window of {@link sums} is closed, and sign-outs have a limit. */
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
    this.keep(withoutContext(this.sums.takeAll(new Date())));
    await Promise.race([this.deliverRest(), setTimeout(LAST_DELIVERY_MS)]);
    if (this.undelivered.length === 0) return;
    this.logger.error('Events are missing in the audit trail: key-management was away until the end', {
      events: this.undelivered.reduce((sum, { event }) => sum + lose(event), 0),
    });
  }

  /**
   * Resolves when it is recorded: a sign-in that nobody could find later must not succeed.
   *
   * @throws DomainError UNAVAILABLE
   */
  async record(event: SessionEvent): Promise<void> {
    await this.recordNow(requestOf(event));
  }

  /** The same for what has happened already, and so must not fail: kept in memory when it cannot be recorded now. */
  async recordOrKeep(event: SessionEvent): Promise<void> {
    const request = requestOf(event);
    try {
      await this.recordNow(request);
    } catch (error) {
      if (isTemporary(error) && this.undelivered.length < MAX_KEPT_SIGN_OUTS) {
        this.keep([{ event: request, context: requestContext.getStore() }]);
      } else {
        this.giveUp(request, error);
      }
    }
  }

  /**
   * Returns at once and never fails: a refusal must not depend on whether it can be written down. Kept in memory until it
   * is, summed up when there are many; `kill -9` loses what is not delivered yet, and the count of the last minute.
   */
  recordDenial(denial: Denial): void {
    const event = this.sums.add(denial, new Date());
    if (event === undefined) return;
    this.keep([{ event, context: requestContext.getStore() }]);
    void this.deliver();
  }

  private async recordNow(request: RecordAuditEventRequest): Promise<void> {
    await this.bus.request(recordAuditEvent, request, { ...MANAGEMENT_REQUEST, attempts: 2 });
  }

  private closeWindows(): void {
    if (this.undelivered.length === 0) this.keep(withoutContext(this.sums.takeOver(new Date())));
    void this.deliver();
  }

  private async deliverRest(): Promise<void> {
    await this.delivery;
    await this.deliver();
  }

  private keep(events: readonly Undelivered[]): void {
    this.undelivered.push(...events);
    waiting.set(this.undelivered.length);
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
          this.giveUp(next.event, error);
        });
        this.undelivered.shift();
        waiting.set(this.undelivered.length);
      }
      this.isAway = false;
    } catch (error) {
      // One line tells it.
      if (!this.isAway) this.logger.warn('Audit events cannot be recorded: they are kept', { err: error });
      this.isAway = true;
    }
  }

  private giveUp(event: RecordAuditEventRequest, error: unknown): void {
    lose(event);
    this.logger.error('An event is missing in the audit trail', { action: event.action, err: error });
  }

  private async send({ event, context }: Undelivered): Promise<void> {
    const send = async (): Promise<void> => {
      await this.bus.request(recordAuditEvent, event, DELIVERY);
    };
    await (context === undefined ? send() : requestContext.run(context, send));
  }
}

function requestOf(event: SessionEvent): RecordAuditEventRequest {
  return { eventId: uuidv7(), occurredAt: new Date().toISOString(), ...event };
}

/** @returns how many it stands for */
function lose({ count = 1 }: RecordAuditEventRequest): number {
  lostTotal.inc(count);
  return count;
}

/** Whatever else is wrong with an event, it would be the next time. */
function isTemporary(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'UNAVAILABLE';
}

function withoutContext(events: readonly RecordAuditEventRequest[]): Undelivered[] {
  return events.map((event) => ({ event, context: undefined }));
}
