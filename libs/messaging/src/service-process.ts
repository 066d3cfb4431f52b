import type { Logger } from '#observability';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** How a service ends: in order on a signal, at once and with a reason on what nobody expected. */
export class ServiceProcess {
  private readonly received = new Set<NodeJS.Signals>();

  /**
   * @param graceMs how long `stop` may take.
   * @param stop called once.
   */
  constructor(
    private readonly logger: Logger,
    private readonly graceMs: number,
    private readonly stop: () => Promise<void>,
  ) {
    for (const signal of STOP_SIGNALS) process.on(signal, () => void this.onSignal(signal));
    // Unhandled rejections arrive here too. State is unknown afterwards, so nothing may go on.
    process.on('uncaughtException', (error) => {
      this.fail(error, 'A defect that nobody caught');
    });
  }

  get stopping(): boolean {
    return this.received.size > 0;
  }

  /** Ends the process with status 1. The log is written synchronously, so the reason is in it. */
  fail(error: unknown, message: string): never {
    this.logger.fatal({ err: error }, message);
    process.exit(1);
  }

  private async onSignal(signal: NodeJS.Signals): Promise<void> {
    // Ctrl+C reaches a whole process group, and its leader may add a SIGTERM of its own: that is not impatience.
    if (this.received.has(signal))
      this.fail(undefined, `Stopped by a second ${signal} before all work was done`);
    const first = !this.stopping;
    this.received.add(signal);
    if (!first) return;

    this.logger.info({ signal }, 'Stopping');
    setTimeout(() => {
      this.fail(undefined, `Not all work was done within ${String(this.graceMs)} ms`);
    }, this.graceMs);
    try {
      await this.stop();
    } catch (error) {
      this.fail(error, 'Could not stop in order');
    }
    this.logger.info('Stopped');
    process.exit(0);
  }
}
