import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describeVariables } from '#config';
import { COMPOSE_TEXT, COMPOSE_VARIABLES, composeContainers, readCompose } from './compose-file.js';
import { APPS, CONFIG_CLASSES, type Containers, problemsOf } from './containers.js';
import { itWith, run } from './external-program.js';

const EXAMPLE = readFileSync('.env.example', 'utf8');
const services = readCompose();

describe('docker-compose.yml', () => {
  it('runs every folder of apps/, each with a configuration that it accepts, and logins that fit', () => {
    expect(problemsOf(composeContainers())).toEqual([]);
  });

  it('runs with other passwords just as well', () => {
    const names = Object.keys(COMPOSE_VARIABLES).filter((name) => /PASSWORD$|^ADMIN_TOKEN$/.test(name));
    const secrets = names.map((name, index) => [name, `s${index.toString().padStart(40, '0')}`]);
    expect(problemsOf(composeContainers(Object.fromEntries(secrets) as Record<string, string>))).toEqual([]);
  });

  it.each<[what: string, mistake: (containers: Containers) => void, problem: string]>([
    ['a service is missing', (all) => delete all['verification'], 'apps/verification has no container'],
    [
      'a service is not ours',
      (all) => (all['billing'] = { image: 'traylinx/billing', args: [], environment: {} }),
      'billing is no folder of apps/',
    ],
    [
      'a variable is misspelt',
      ({ gateway }) => Object.assign(gateway?.environment ?? {}, { ADMIN_TOKN: 'x' }),
      'gateway knows no variable ADMIN_TOKN',
    ],
    [
      'a required variable is missing',
      ({ gateway }) => delete gateway?.environment['ADMIN_TOKEN'],
      'ADMIN_TOKEN',
    ],
    [
      'a value is not valid',
      ({ verification }) => Object.assign(verification?.environment ?? {}, { REVOCATION_FENCE: 'maybe' }),
      'REVOCATION_FENCE',
    ],
    [
      'a password fits nobody',
      ({ redis }) => Object.assign(redis?.environment ?? {}, { REDIS_VERIFICATION_PASSWORD: 'other' }),
      'verification has another password than REDIS_VERIFICATION_PASSWORD',
    ],
    [
      'a service uses the login of another',
      ({ verification }) => Object.assign(verification?.environment ?? {}, { NATS_USER: 'gateway' }),
      'verification calls itself gateway, not verification',
    ],
    [
      'a server lacks a user',
      ({ nats }) => delete nats?.environment['NATS_OBSERVER_PASSWORD'],
      'servers/nats/nats.conf names',
    ],
    [
      'a role gets no password',
      ({ migrate }) => delete migrate?.environment['USAGE_TRACKING_DATABASE_PASSWORD'],
      'migrate needs USAGE_TRACKING_DATABASE_PASSWORD',
    ],
  ])('would be found out if %s', (_, mistake, problem) => {
    const containers = composeContainers();
    mistake(containers);
    expect(problemsOf(containers).join('\n')).toContain(problem);
  });

  it('passes on every variable that a service knows, but for the addresses inside its container', () => {
    const inside = ['HOST', 'OPERATIONS_HOST', 'OPERATIONS_PORT', 'PORT'];
    for (const [name, ConfigClass] of Object.entries(CONFIG_CLASSES)) {
      const known = describeVariables(ConfigClass).map((variable) => variable.name);
      const passedOn = Object.keys(services[name]?.environment ?? {});
      expect(passedOn.toSorted()).toEqual(known.filter((variable) => !inside.includes(variable)).toSorted());
    }
  });

  it('gives out ports of this machine on loopback only, and as many as gateways may be wanted', () => {
    const ports = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(ports).toEqual([['gateway', '127.0.0.1:8080-8089:8080']]);
  });

  it('names every image with its version, but for those that it builds', () => {
    for (const { image, build } of Object.values(services)) {
      if (!build) expect(image).toMatch(/^[a-z]+:\d+\.\d+(\.\d+)?-[a-z]+$/);
    }
  });

  it('builds each service from the one Dockerfile', () => {
    for (const app of APPS) expect(services[app]?.build).toEqual({ context: '.', args: { APP: app } });
  });

  it('starts whoever needs something when that is healthy, and asks everybody for health', () => {
    for (const [name, { depends_on = {}, healthcheck }] of Object.entries(services)) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const expected = other === 'migrate' ? 'service_completed_successfully' : 'service_healthy';
        expect([name, other, condition]).toEqual([name, other, expected]);
      }
      expect([name, healthcheck.disable ?? (healthcheck.test?.length ?? 0) > 1]).toEqual([name, true]);
    }
  });

  it('keeps the gateway away from the stores but that of its sessions, and the stores away from the world', () => {
    expect(services['gateway']?.networks).toEqual(['door', 'bus', 'sessions']);
    expect(COMPOSE_TEXT).toContain(
      '\n  bus: { internal: true }\n  stores: { internal: true }\n  sessions: { internal: true }\n',
    );
    const others = Object.entries(services).filter(([name]) => name !== 'gateway');
    expect(others.filter(([, { networks }]) => networks.includes('door'))).toEqual([]);
    expect(others.filter(([, { networks }]) => networks.includes('sessions')).map(([name]) => name)).toEqual([
      'session-redis',
    ]);
  });

  it('lets work in flight finish', () => {
    for (const app of APPS) expect(services[app]?.stop_grace_period).toBe('30s');
  });

  itWith('docker-compose', 'is what Docker Compose accepts', (compose) => {
    expect(run(compose, ['--file', 'docker-compose.yml', 'config', '--quiet'])).toBe('');
  });
});

describe('.env.example', () => {
  const active = parseEnv(EXAMPLE);
  const all = parseEnv(EXAMPLE.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));

  it('has all variables of docker-compose.yml, and no others', () => {
    expect(Object.keys(all).toSorted()).toEqual(Object.keys(COMPOSE_VARIABLES).toSorted());
  });

  it('shows the values that count without it', () => {
    const given = Object.entries(COMPOSE_VARIABLES).filter(([, value]) => value !== null);
    expect(active).toEqual(Object.fromEntries(given));
  });

  it('shows the defaults of the services for everything else', () => {
    const defaults: Record<string, string | number | undefined> = Object.assign(
      {},
      ...Object.values(CONFIG_CLASSES).map((ConfigClass) => new ConfigClass()),
      // In a container, where there is no terminal.
      { LOG_FORMAT: 'json' },
    );
    for (const name of Object.keys(all).filter((variable) => !(variable in active))) {
      expect([name, all[name]]).toEqual([name, String(defaults[name] ?? '')]);
    }
  });
});
