import type { DatabaseServiceConfig } from '#config';
import { Readiness } from '#observability';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Database } from './database.js';

/** One statement, and separately waiting for a connection. Below what the gateway waits for an answer. */
const STATEMENT_TIMEOUT_MS = 4_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A service may be started before its database: it tries for ever, and is not ready meanwhile. */
const CONNECT_ATTEMPTS = Number.MAX_SAFE_INTEGER;
const CONNECT_RETRY_MS = 500;

interface DatabaseModuleOptions {
  /** The config class of the service, which is also what its instance is injected by. */
  config: Type<DatabaseServiceConfig>;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  entities: Exclude<DataSourceOptions['entities'], undefined>;
}

@Global()
@Module({})
export class DatabaseModule {
  static register({ config, applicationName, entities }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [config],
          useFactory: ({ DATABASE_URL, DATABASE_POOL_SIZE }: DatabaseServiceConfig) => ({
            type: 'postgres',
            url: DATABASE_URL,
            applicationName,
            entities,
            poolSize: DATABASE_POOL_SIZE,
            connectTimeoutMS: CONNECT_TIMEOUT_MS,
            extra: {
              query_timeout: STATEMENT_TIMEOUT_MS,
              // We walk away from a statement that takes too long. Without these, its backend would go on waiting for a
              // lock until no connection is left, and a process that is paused would hold its locks for ever.
              statement_timeout: STATEMENT_TIMEOUT_MS,
              idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
              keepAlive: true,
            },
            // Extensions would be installed by a service at its start; only migrations change the database.
            installExtensions: false,
            retryAttempts: CONNECT_ATTEMPTS,
            retryDelay: CONNECT_RETRY_MS,
          }),
        }),
      ],
      providers: [
        {
          provide: Database,
          inject: [DataSource, Readiness],
          useFactory: (dataSource: DataSource, readiness: Readiness) => {
            const database = new Database(dataSource);
            readiness.add('postgresql', () => database.ping());
            return database;
          },
        },
      ],
      exports: [Database],
    };
  }
}
