import proxyAddr from '@fastify/proxy-addr';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { GatewayConfig } from '../gateway.config.js';

/** Where a request comes from, looked up when somebody wants to know. */
export interface Source {
  readonly ip: string;
}

/** As Fastify's `request.ip`, for requests that Fastify does not see. */
@Injectable()
export class SourceIp {
  private readonly isTrusted: (address: string, hop: number) => boolean;

  constructor({ TRUSTED_PROXIES }: GatewayConfig) {
    this.isTrusted = proxyAddr.compile(trustedProxies(TRUSTED_PROXIES));
  }

  of(request: IncomingMessage): Source {
    const { isTrusted } = this;
    return {
      get ip() {
        return proxyAddr(request, isTrusted);
      },
    };
  }
}

/** Nobody is trusted unless named. */
export function trustedProxies(configured: string | undefined): string[] {
  return configured?.split(',').map((proxy) => proxy.trim()) ?? [];
}
