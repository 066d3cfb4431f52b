import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { LOOPBACK_NAME } from '../http/loopback-name.js';

type Request = Pick<FastifyRequest, 'headers' | 'host' | 'hostname' | 'protocol'>;

/** How a cookie can be kept at the address that a browser uses. */
export type CookieKind = 'secure' | 'plain';

/**
 * What is known of the address in the browser's address bar: `PUBLIC_URL`, or what the request says when that is https or
 * names the browser's own machine. Anything else is plain http through a network, where nobody should sign in unless
 * whoever runs the gateway has said so by a `PUBLIC_URL` with http.
 */
@Injectable()
export class BrowserAddress {
  private readonly publicOrigin: string | undefined;

  constructor({ PUBLIC_URL }: GatewayConfig) {
    this.publicOrigin = PUBLIC_URL === undefined ? undefined : new URL(PUBLIC_URL).origin;
    if (this.publicOrigin?.startsWith('http:') && !LOOPBACK_NAME.test(new URL(this.publicOrigin).hostname)) {
      new Logger(BrowserAddress.name).warn(
        'PUBLIC_URL is plain http: sessions and whatever else is sent can be read on the way',
      );
    }
  }

  /** `undefined`: a session cannot be kept safely. */
  cookieKind(request: Request): CookieKind | undefined {
    if (this.publicOrigin !== undefined) return this.publicOrigin.startsWith('https:') ? 'secure' : 'plain';
    return request.protocol === 'https' || LOOPBACK_NAME.test(request.hostname) ? 'secure' : undefined;
  }

  /** Whether a page of ours has sent this: browsers tell with every request that is not a mere GET. */
  isOurs(request: Request, origin: string): boolean {
    if (origin === this.publicOrigin) return true;
    const isKnown = this.publicOrigin === undefined || LOOPBACK_NAME.test(request.hostname);
    return isKnown && origin === ownOrigin(request);
  }

  /** Where the provider is to send the browser back to. */
  originFor(request: Request): string {
    return this.publicOrigin ?? ownOrigin(request);
  }
}

function ownOrigin({ protocol, host }: Request): string {
  return `${protocol}://${host.toLowerCase()}`;
}
