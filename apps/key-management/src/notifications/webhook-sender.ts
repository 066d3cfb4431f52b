import { Injectable } from '@nestjs/common';
import { KeyManagementConfig } from '../key-management.config.js';
import { signWebhook } from './sign-webhook.js';

export interface Notification {
  /** The same at every attempt: receivers know repetitions by it. */
  id: string;
  type: string;
  occurredAt: Date;
  data: object;
}

/** The receiver did not take it. The message names neither its address, which may hold a secret, nor what it has said. */
class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

@Injectable()
export class WebhookSender {
  constructor(private readonly config: KeyManagementConfig) {}

  /** @throws NotTaken unless the answer is a 2xx, in time. A redirect is not followed: it could lead anywhere. */
  async send({ id, type, occurredAt, data }: Notification): Promise<void> {
    const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret, WEBHOOK_TIMEOUT_MS: timeoutMs } = this.config;
    if (url === undefined || secret === undefined) throw new TypeError('There is no webhook');
    const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
    const status = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signWebhook(secret, { id, sentAt: new Date(), body }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(statusOf)
      .catch((error: unknown) => {
        throw new NotTaken(reasonOf(error));
      });
    if (status < 200 || status > 299) throw new NotTaken(`status ${String(status)}`);
  }
}

/** What else the receiver says is not read: it may be endless. */
async function statusOf({ status, body }: Response): Promise<number> {
  await body?.cancel();
  return status;
}

/** Without addresses: only what kind of failure it was. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? name ?? 'unknown';
}
