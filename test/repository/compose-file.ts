import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Containers } from './containers.js';

export interface ComposeService {
  build?: { context: string; args: Record<string, string> };
  command?: string | string[];
  depends_on?: Record<string, { condition: string }>;
  environment: Record<string, string | null>;
  healthcheck: { test?: string[]; disable?: boolean };
  image: string;
  networks: string[];
  ports?: string[];
  read_only?: boolean;
  stop_grace_period?: string;
  volumes?: string[];
}

export const COMPOSE_TEXT = readFileSync('docker-compose.yml', 'utf8');

/** The variables that the file takes from .env or the shell: their defaults, or null where there is none. */
export const COMPOSE_VARIABLES: Readonly<Record<string, string | null>> = Object.fromEntries([
  ...[...COMPOSE_TEXT.matchAll(/^ +([A-Z_]+):$/gm)].map(([, name]) => [String(name), null]),
  ...[...COMPOSE_TEXT.matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)].map(([, name, value]) => [String(name), value]),
]) as Record<string, string | null>;

/** As Docker Compose reads it, with these variables and no others. */
export function readCompose(variables: Record<string, string> = {}): Record<string, ComposeService> {
  const text = COMPOSE_TEXT.replaceAll(
    /\$\{([A-Z_]+):-([^}]*)\}/g,
    (_, name: string, otherwise: string) => variables[name] ?? otherwise,
  );
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  return services;
}

/** @param variables of .env */
export function composeContainers(variables: Record<string, string> = {}): Containers {
  const services = Object.entries(readCompose(variables));
  return Object.fromEntries(
    services.map(([name, { image, command = [], environment }]) => {
      const resolved = Object.entries(environment).map(([key, value]) => [
        key,
        value ?? variables[key] ?? '',
      ]);
      const isStore = !image.startsWith('traylinx/');
      return [
        name,
        {
          image: image.replace(/:[^:/]+$/, ''),
          args: isStore ? [] : [command].flat(),
          environment: Object.fromEntries(resolved) as Record<string, string>,
        },
      ];
    }),
  );
}
