import { ValidateBy } from 'class-validator';

interface WebhookSettings {
  WEBHOOK_SECRET?: string;
  WEBHOOK_ALLOW_HTTP?: string;
}

/**
 * An address that an operator has chosen, so private networks are fine. What is not: a receiver that reads what anybody could
 * have sent, a password that is no signature, and plain HTTP by mistake.
 */
export const IsWebhookUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'isWebhookUrl',
    validator: {
      validate: (value, args) => problemOf(value, settingsOf(args?.object)) === undefined,
      defaultMessage: (args) => `$property ${problemOf(args?.value, settingsOf(args?.object)) ?? ''}`,
    },
  });

function problemOf(value: unknown, settings: WebhookSettings): string | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return 'must be a URL that starts with https://';
  if (url.username !== '' || url.password !== '')
    return 'must not hold a user name or password: WEBHOOK_SECRET signs';
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && settings.WEBHOOK_ALLOW_HTTP !== 'true') {
    return 'must start with https://, unless it is on loopback or WEBHOOK_ALLOW_HTTP is true';
  }
  return settings.WEBHOOK_SECRET === undefined ? 'needs WEBHOOK_SECRET as well' : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function settingsOf(object: object | undefined): WebhookSettings {
  return object ?? {};
}
