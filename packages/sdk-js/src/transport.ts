import { type Received, toAnswer, toApiError } from './answer.js';
import { type Answer, type Call, isRepeatable } from './call.js';
import { Deadline } from './deadline.js';
import { type ApiError, ConnectionError, NotFoundError, TimeoutError } from './errors.js';
import { ExpiryWatch } from './expiry-watch.js';
import { neverArrived, toConnectionError } from './failure.js';
import { prepareRequest, type PreparedRequest } from './request.js';
import { isRetryableStatus, retryDelayMs } from './retry.js';
import { milliseconds, retries, type Settings } from './settings.js';

/** What one sending has come to. */
type Outcome = Received | ConnectionError;

/** Sends calls, again when that may help and does no harm, and turns what is no success into errors. */
export class Transport {
  readonly #settings: Settings;
  readonly #expiry: ExpiryWatch;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#expiry = new ExpiryWatch(settings.onExpiryWarning);
  }

  async send<T>(call: Call): Promise<Answer<T>> {
    const request = prepareRequest(call, this.#settings);
    const maxRetries = retries(call.maxRetries ?? this.#settings.maxRetries);
    const timeoutMs = milliseconds('timeoutMs', call.timeoutMs ?? this.#settings.timeoutMs);
    let lastFailure: unknown;
    const deadline = new Deadline(timeoutMs, call.signal, () => {
      const { host } = new URL(request.url);
      const message = `No answer from ${host} within ${timeoutMs} ms. [request ${request.requestId}]`;
      return new TimeoutError(message, request.requestId, timeoutMs, { cause: lastFailure });
    });
    try {
      let mayHaveHappened = false;
      for (let retry = 0; ; retry += 1) {
        const outcome = await this.#sendOnce(request, deadline);
        if (isSuccess(outcome)) return this.#succeed(outcome, call);
        const failure = this.#toError(outcome);
        if (mayHaveHappened && isDeletedAlready(failure, call)) return nothing(failure.requestId);
        const delayMs = this.#delayBefore(retry, maxRetries, call, failure);
        // Waiting beyond the end of the call would only hide what is wrong.
        if (delayMs === undefined || delayMs >= deadline.remainingMs) throw failure;
        lastFailure = failure;
        mayHaveHappened ||= !hadNoEffect(failure);
        await deadline.wait(delayMs);
      }
    } finally {
      deadline.stop();
    }
  }

  #succeed<T>(received: Received, call: Call): Answer<T> {
    if (call.credential === 'apiKey') this.#expiry.look(received.headers);
    return toAnswer<T>(received, call);
  }

  async #sendOnce({ url, init, requestId }: PreparedRequest, deadline: Deadline): Promise<Outcome> {
    try {
      const { fetch } = this.#settings;
      const response = await deadline.race(fetch(url, { ...init, signal: deadline.signal }));
      const text = await deadline.race(response.text());
      const { status, headers } = response;
      return { status, headers, text, requestId: headers.get('x-request-id') ?? requestId };
    } catch (error) {
      if (deadline.signal.aborted) throw deadline.signal.reason as Error;
      return toConnectionError(error, this.#settings.baseUrl, requestId);
    }
  }

  #toError(outcome: Outcome): ConnectionError | ApiError {
    return outcome instanceof ConnectionError ? outcome : toApiError(outcome, (text) => this.#hide(text));
  }

  /** @returns milliseconds, or undefined when there is no retry */
  #delayBefore(
    retry: number,
    maxRetries: number,
    call: Call,
    failure: ConnectionError | ApiError,
  ): number | undefined {
    if (retry >= maxRetries) return undefined;
    if (!isWorthRetrying(failure)) return undefined;
    if (!isRepeatable(call) && !hadNoEffect(failure)) return undefined;
    const retryAfterMs = failure instanceof ConnectionError ? null : failure.retryAfterMs;
    return retryDelayMs(retry, retryAfterMs, Math.random());
  }

  /** Services have been seen to quote what they were sent. */
  #hide(text: string): string {
    const secrets = Object.values(this.#settings.credentials).filter((secret) => secret !== undefined);
    const hidden = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text);
    return hidden.replace(/tlx_[0-9A-Za-z]{49}/g, '[hidden]');
  }
}

function isSuccess(outcome: Outcome): outcome is Received {
  // A redirect is no "no" of the gateway, and gets its own error.
  return !(outcome instanceof ConnectionError) && outcome.status < 400;
}

function isWorthRetrying(failure: ConnectionError | ApiError): boolean {
  // A certificate does not get better within seconds.
  return failure instanceof ConnectionError ? failure.reason !== 'tls' : isRetryableStatus(failure.status);
}

function hadNoEffect(failure: ConnectionError | ApiError): boolean {
  return failure instanceof ConnectionError ? neverArrived(failure) : failure.status === 429;
}

/** What is gone when a DELETE is repeated has been deleted by its first sending. */
function isDeletedAlready(failure: ConnectionError | ApiError, { method }: Call): boolean {
  if (method !== 'DELETE' || !(failure instanceof NotFoundError)) return false;
  return failure.code !== null && failure.code !== 'route_not_found';
}

function nothing<T>(requestId: string): Answer<T> {
  return { data: undefined as T, status: 204, headers: { get: () => null }, requestId };
}
