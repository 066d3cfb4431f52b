import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import {
  InvalidArgumentError,
  InvalidSubjectError,
  type Msg,
  type MsgHdrs,
  PermissionViolationError,
} from '@nats-io/transport-node';
import { Histogram } from 'prom-client';
import { DomainError, type RequestContract } from '#contracts';
import { contextHeaders } from './message-headers.js';
import { NatsConnection } from './nats-connection.js';
import { fromWireError } from './wire-error.js';

export interface RequestOptions {
  /** Limit of one attempt in milliseconds, waiting for a lost connection included. */
  timeoutMs?: number;
  /**
   * Only requests that may be done twice may be tried more than once. The whole takes at most
   * `attempts * timeoutMs`, and a little more when an attempt is refused at once.
   */
  attempts?: number;
  /**
   * For one long attempt of a request that may be done twice: when the connection has been lost and is back, it is sent
   * again, with the time that is left. What was asked before is answered to nobody: a server that has been restarted no
   * longer knows who may answer whom.
   */
  repeatAfterLoss?: boolean;
}

interface Sending {
  packet: string;
  messageHeaders: { headers?: MsgHdrs };
  /** Gives up when the connection is lost and back: nobody will answer any more. */
  endsWithConnection: boolean;
}

const DEFAULT_TIMEOUT_MS = 900;
/** A service that has just lost the connection, or its only replica, is back within about this. */
const ATTEMPT_SPACING_MS = 200;

const requestSeconds = new Histogram({
  name: 'bus_request_seconds',
  help: 'Time until a request over the bus was answered or given up, all attempts together.',
  labelNames: ['subject', 'code'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15],
});

/** Asks other services. Why it is not Nest's `ClientProxy`: docs/decisions/0002-requests-with-the-nats-client.md. */
@Injectable()
export class MessageBus {
  private readonly logger = new Logger(MessageBus.name);
  private sent = 0;

  constructor(private readonly connection: NatsConnection) {}

  /**
   * Sends a request and resolves with its answer.
   *
   * @throws DomainError always: the one that the handler threw; `UNAVAILABLE` when there was no answer in time or
   * nobody to give one (whether it was done is then unknown); `INTERNAL` for what must not happen.
   */
  async request<Req extends object, Res extends object>(
    contract: RequestContract<Req, Res>,
    data: Req,
    { timeoutMs = DEFAULT_TIMEOUT_MS, attempts = 1, repeatAfterLoss = false }: RequestOptions = {},
  ): Promise<Res> {
    const deadline = performance.now() + attempts * timeoutMs;
    // With the loss that lasts: when it is over, whoever is to answer may be back a little later than we are.
    const lossesBefore = this.connection.endedLosses;
    const stop = requestSeconds.startTimer({ subject: contract.subject });
    const packet = JSON.stringify({ id: String(++this.sent), pattern: contract.subject, data });
    const messageHeaders = contextHeaders();
    for (let attempt = 1; ; attempt++) {
      const startedAt = performance.now();
      try {
        const limitMs = repeatAfterLoss ? deadline - startedAt : timeoutMs;
        const message = { packet, messageHeaders, endsWithConnection: repeatAfterLoss };
        const answer = await this.send(contract.subject, message, limitMs);
        stop({ code: 'OK' });
        return answer as Res;
      } catch (error) {
        const failure = this.explain(error, contract.subject, attempt);
        const wasLost = this.connection.losses > lossesBefore;
        const mayRepeat = attempt < attempts || (repeatAfterLoss && wasLost && performance.now() < deadline);
        if (failure.code !== 'UNAVAILABLE' || !mayRepeat) {
          stop({ code: failure.code });
          throw failure;
        }
        const spareMs = ATTEMPT_SPACING_MS - (performance.now() - startedAt);
        if (spareMs > 0) await setTimeout(spareMs);
      }
    }
  }

  /** One attempt. Nothing is sent while the connection is lost: the client would drop it on reconnection. */
  private async send(
    subject: string,
    { packet, messageHeaders, endsWithConnection }: Sending,
    timeoutMs: number,
  ): Promise<object> {
    const deadline = performance.now() + timeoutMs;
    await this.connection.whenConnected(timeoutMs);
    const timeout = Math.max(1, deadline - performance.now());
    const answer = this.connection.client.request(subject, packet, { timeout, ...messageHeaders });
    return answerIn(await (endsWithConnection ? this.unlessReconnected(answer) : answer));
  }

  /** @throws Error when the connection comes back while `answer` is being waited for. */
  private async unlessReconnected(answer: Promise<Msg>): Promise<Msg> {
    const answered = new AbortController();
    const reconnected = this.connection.reconnection(answered.signal).then(() => {
      throw new Error('The connection was lost after the request had been sent');
    });
    try {
      return await Promise.race([answer, reconnected]);
    } finally {
      answered.abort();
    }
  }

  private explain(error: unknown, subject: string, attempt: number): DomainError {
    if (error instanceof DomainError) return error;
    if (isDefect(error)) {
      this.logger.error('A request could not be sent', error, { subject });
      return new DomainError('INTERNAL', undefined, [], { cause: error });
    }
    // Not louder: while a service is away this happens to every request, and metrics count it.
    this.logger.debug('A request was not answered', { subject, attempt, err: error });
    return new DomainError('UNAVAILABLE', undefined, [], { cause: error });
  }
}

/** Nest's wire format: `{ id, response }` or `{ id, err }`. */
function answerIn(message: Msg): object {
  const answer: unknown = message.json();
  if (typeof answer === 'object' && answer !== null) {
    if ('err' in answer && answer.err) throw fromWireError(answer.err);
    if ('response' in answer && typeof answer.response === 'object' && answer.response !== null) {
      return answer.response;
    }
  }
  throw new Error('The answer is malformed');
}

/** Asking again would fail in the same way. */
function isDefect(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return (
    cause instanceof PermissionViolationError ||
    cause instanceof InvalidArgumentError ||
    cause instanceof InvalidSubjectError
  );
}
