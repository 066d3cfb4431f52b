import { createHmac } from 'node:crypto';

interface Signed {
  id: string;
  /** Of this attempt: receivers refuse what is old. */
  sentAt: Date;
  body: string;
}

/**
 * The headers of Standard Webhooks 1.0.0.
 *
 * @param secret `whsec_` and base64
 */
export function signWebhook(secret: string, { id, sentAt, body }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
