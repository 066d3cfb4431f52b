import 'reflect-metadata';
import { Transform } from 'class-transformer';

const VARIABLES = Symbol('environment variables');

export interface VariableDescription {
  /** The property's name is the variable's name. */
  name: string;
  description: string;
  /** Never shown with a default or an example. */
  secret: boolean;
}

interface EnvOptions {
  secret?: boolean;
}

/**
 * Declares a property of a config class as an environment variable of the same name, described for
 * `docs/configuration.md`. An empty variable counts as unset, as compose files and shells leave them behind.
 */
export function Env(description: string, { secret = false }: EnvOptions = {}): PropertyDecorator {
  return (target, property) => {
    const inherited = describeVariables(target.constructor);
    const variable = { name: String(property), description, secret };
    Reflect.defineMetadata(VARIABLES, [...inherited, variable], target.constructor);
  };
}

/** The same for a variable that holds a number. */
export function EnvNumber(description: string): PropertyDecorator {
  return (target, property) => {
    Env(description)(target, property);
    // Number('') is 0 and Number(' ') too: loadConfig has dropped empty ones before.
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? Number(value) : value))(
      target,
      property,
    );
  };
}

/** The variables of a config class, inherited ones first. */
export function describeVariables(configClass: object): readonly VariableDescription[] {
  return (Reflect.getMetadata(VARIABLES, configClass) as readonly VariableDescription[] | undefined) ?? [];
}
