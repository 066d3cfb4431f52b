import { IsInt, Max, Min } from 'class-validator';
import { Env, EnvNumber } from './env.js';
import { IsConnectionUrl, ServiceConfig } from './service-config.js';

/** Of a service that keeps or reads data in PostgreSQL. */
export abstract class DatabaseServiceConfig extends ServiceConfig {
  @Env('PostgreSQL, as the role of this service: postgres://role:password@host:5432/traylinx.', {
    secret: true,
  })
  @IsConnectionUrl(['postgres', 'postgresql'])
  DATABASE_URL!: string;

  @EnvNumber('Most connections that one process opens to PostgreSQL.')
  @IsInt()
  @Min(1)
  @Max(1_000)
  DATABASE_POOL_SIZE = 10;
}
