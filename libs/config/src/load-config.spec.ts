import { IsInt, IsString, Max, MinLength } from 'class-validator';
import { describeVariables, Env, EnvNumber } from './env.js';
import { ConfigError, loadConfig } from './load-config.js';
import { IsConnectionUrl, IsOperationsPort, ServiceConfig } from './service-config.js';

class ExampleConfig extends ServiceConfig {
  @IsOperationsPort()
  OPERATIONS_PORT = 9999;

  @Env('A secret.', { secret: true })
  @IsString()
  @MinLength(8)
  SECRET!: string;

  @EnvNumber('A number.')
  @IsInt()
  @Max(10)
  NUMBER = 3;

  @Env('A database.')
  @IsConnectionUrl(['postgres', 'postgresql'])
  DATABASE_URL = 'postgres://user:pass@127.0.0.1:5432/name';
}

const load = (env: Record<string, string>): ExampleConfig => loadConfig(ExampleConfig, env);

function failure(env: Record<string, string>): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('no ConfigError was thrown');
}

describe('loadConfig', () => {
  it('takes defaults, numbers and trimmed strings from the environment', () => {
    const config = load({ SECRET: ' long enough\n', NUMBER: '7', OPERATIONS_PORT: '1234' });
    expect(config).toMatchObject({
      SECRET: 'long enough',
      NUMBER: 7,
      OPERATIONS_PORT: 1234,
      LOG_LEVEL: 'info',
    });
  });

  it('counts an empty variable as unset', () => {
    expect(load({ SECRET: 'long enough', NUMBER: '' }).NUMBER).toBe(3);
  });

  it('names every variable that is wrong, and never a value', () => {
    const message = failure({ SECRET: 'hunter2', NUMBER: 'twelve', DATABASE_URL: 'mysql://root:letmein@db' });
    expect(message).toContain('SECRET');
    expect(message).toContain('NUMBER');
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toMatch(/hunter2|twelve|letmein/);
  });

  it('names a required variable that is missing', () => {
    expect(failure({})).toContain('SECRET');
  });

  it('ignores variables that the class does not declare', () => {
    expect(load({ SECRET: 'long enough', PATH: '/bin' })).not.toHaveProperty('PATH');
  });
});

describe('describeVariables', () => {
  it('lists inherited and own variables once, with secrets marked', () => {
    const names = describeVariables(ExampleConfig).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['LOG_LEVEL', 'NATS_URL', 'OPERATIONS_PORT', 'SECRET']));
    expect(new Set(names).size).toBe(names.length);
    expect(describeVariables(ExampleConfig).find(({ name }) => name === 'SECRET')?.secret).toBe(true);
  });
});
