import { DomainError } from '#contracts';
import { Logger } from '@nestjs/common';
import type { Client } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isConnectionFailure } from './connection-failure.js';

/**
 * How services talk to PostgreSQL: each piece of work on one connection, a failure to reach the server told apart from
 * every other error, and a connection that has failed or timed out never handed to the next caller.
 */
export class Database {
  private readonly logger = new Logger(Database.name);

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` in a transaction. When the answer to COMMIT is lost, this fails although the work may have been done.
   *
   * @throws DomainError UNAVAILABLE when PostgreSQL cannot be reached in time.
   */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.withConnection(async (runner) => {
      await runner.startTransaction();
      try {
        const result = await work(runner.manager);
        await runner.commitTransaction();
        return result;
      } catch (error) {
        if (!isConnectionFailure(error)) await runner.rollbackTransaction();
        throw error;
      }
    });
  }

  /**
   * Runs `work` outside any transaction: each statement stands for itself.
   *
   * @throws DomainError UNAVAILABLE when PostgreSQL cannot be reached in time.
   */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.withConnection((runner) => work(runner.manager));
  }

  /** For readiness checks. */
  async ping(): Promise<void> {
    await this.run((manager) => manager.query('SELECT 1'));
  }

  private async withConnection<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    let connection: Client | undefined;
    try {
      connection = (await runner.connect()) as Client;
      return await work(runner);
    } catch (error) {
      if (!isConnectionFailure(error)) throw error;
      this.logger.warn(
        `PostgreSQL could not be asked: ${error instanceof Error ? error.message : String(error)}`,
      );
      // The answer to the statement may still be on its way: the pool drops a connection that is ending.
      // What else befalls it is nobody's business, and unheard it would end the process.
      connection?.on('error', () => undefined);
      void connection?.end().catch(() => undefined);
      throw new DomainError('UNAVAILABLE', undefined, [], { cause: error });
    } finally {
      await runner.release();
    }
  }
}
