import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describeVariables } from './env.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment is not one that the service can run in. The message names variables, never their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and validates the environment once, at start.
 *
 * @throws ConfigError with every problem at once, so that nobody has to fix them one restart at a time.
 */
export function loadConfig<T extends object>(ConfigClass: new () => T, env: Environment = process.env): T {
  const given: Record<string, string> = {};
  for (const { name } of describeVariables(ConfigClass)) {
    const value = env[name]?.trim();
    if (value) given[name] = value;
  }
  const config = plainToInstance(ConfigClass, given, { exposeDefaultValues: true });
  const problems = validateSync(config, { forbidUnknownValues: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}).map((constraint) => `  ${constraint}`),
  );
  if (problems.length > 0) {
    throw new ConfigError(`The configuration is not valid:\n${problems.join('\n')}`);
  }
  return config;
}
