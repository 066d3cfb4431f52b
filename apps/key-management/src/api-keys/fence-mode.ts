import { KeyFence } from '#key-fence';
import { Readiness } from '#observability';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyManagementConfig } from '../key-management.config.js';

const CHECK_EVERY_MS = 1_000;
/** A connection takes some milliseconds. Whoever is started without Redis loses this once. */
const FIRST_CHECK_MS = 1_000;
const FIRST_CHECK_SPACING_MS = 20;

const REFUSAL =
  'REVOCATION_FENCE=reply needs a Redis that is alone, and this one has replicas or is one. ' +
  'Set REVOCATION_FENCE=wait in key-management and verification, or take the replicas away.';

/**
 * Says at once, and not only with the first deletion, that `REVOCATION_FENCE=reply` does not go with a Redis that has
 * replicas: the process is not ready, so that a rollout stops there. Requests that reach it nevertheless are answered, and
 * deletions are right: each fence asks the same and fails, so that they wait. Whoever attaches a replica to a running
 * platform, to move Redis say, gets slow deletions and this message, and no outage.
 *
 * A Redis that is away proves nothing: services start in any order.
 */
@Injectable()
export class FenceMode implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(FenceMode.name);
  private readonly stopping = new AbortController();
  private isRefused = false;

  constructor(
    private readonly fence: KeyFence,
    private readonly config: KeyManagementConfig,
    readiness: Readiness,
  ) {
    readiness.add('redis', () => {
      if (this.isRefused) throw new Error(REFUSAL);
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.REVOCATION_FENCE === 'wait') return;
    // Known before this process can be ready, if Redis is there.
    const deadlineMs = performance.now() + FIRST_CHECK_MS;
    while (!(await this.check()) && performance.now() < deadlineMs) await delay(FIRST_CHECK_SPACING_MS);
    void this.watch();
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await delay(CHECK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.check();
    }
  }

  /** @returns false when Redis could not be asked. What was known before stays known then. */
  private async check(): Promise<boolean> {
    const isAlone = await this.fence.isOnlyServer().catch(() => undefined);
    if (isAlone === undefined) return false;
    if (this.isRefused && isAlone) this.logger.log('Redis is alone again: a deletion no longer waits');
    if (!this.isRefused && !isAlone) this.logger.error(REFUSAL);
    this.isRefused = !isAlone;
    return true;
  }
}
