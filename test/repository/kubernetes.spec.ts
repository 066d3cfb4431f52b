import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { APPS, problemsOf } from './containers.js';
import { itWith, run } from './external-program.js';
import { schemaProblems } from './kubernetes-schema.js';
import { kubernetesContainers, type Manifests, readManifests, readObjects, workloads } from './kubernetes.js';

const DEVELOPMENT = 'k8s/overlays/development';

// The compiler reads all types of Kubernetes.
jest.setTimeout(60_000);

const base = readManifests('k8s/base');
const development = readManifests(DEVELOPMENT);

/** A copy to break. */
const copy = (): Manifests => structuredClone(development);

describe('k8s/base', () => {
  it('has one Deployment and one Service for each folder of apps/, and the migration', () => {
    const names = (kind: string): string[] =>
      base.objects
        .filter((object) => object.kind === kind)
        .map(({ metadata }) => metadata.name)
        .toSorted();
    expect(names('Deployment')).toEqual(APPS);
    expect(names('Service')).toEqual(APPS);
    expect(names('Job')).toEqual(['migrate']);
    expect(base.objects).toHaveLength(2 * APPS.length + 1);
  });

  it('carries no secret', () => {
    expect(base.secrets).toEqual({});
  });

  it('runs the images of this version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const { pod } of workloads(base)) expect(pod.containers[0]?.image.split(':')[1]).toBe(version);
  });

  it('asks the operations port that the image listens on, and lets traffic in only when a service is ready', () => {
    const [, port] = /OPERATIONS_PORT=(\d+)/.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(base.configMaps['every-service']?.['OPERATIONS_PORT']).toBe(port);
    for (const { pod } of workloads(base).filter(({ kind }) => kind === 'Deployment')) {
      const { ports = [], livenessProbe, readinessProbe, startupProbe } = pod.containers[0] ?? {};
      expect(ports.find(({ name }) => name === 'operations')?.containerPort).toBe(Number(port));
      expect(livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'operations' });
      expect(startupProbe?.httpGet).toEqual({ path: '/livez', port: 'operations' });
      expect(readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'operations' });
    }
  });

  it('lets work in flight finish', () => {
    const [, graceMs] = /SHUTDOWN_GRACE_MS=(\d+)/.exec(readFileSync('.env.example', 'utf8')) ?? [];
    for (const { pod } of workloads(base).filter(({ kind }) => kind === 'Deployment')) {
      const pauseSeconds = pod.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(pauseSeconds + Number(graceMs) / 1000);
    }
  });
});

describe('k8s/overlays/development', () => {
  it('is the same platform as docker-compose.yml, with logins that fit', () => {
    expect(problemsOf(kubernetesContainers(development))).toEqual([]);
  });

  it('is what Kubernetes accepts', () => {
    expect(schemaProblems(development.objects)).toEqual([]);
  });

  it('gives no pod more rights than it needs', () => {
    for (const { name, pod } of workloads(development)) {
      expect([name, pod]).toMatchObject([
        name,
        {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        },
      ]);
      expect(pod.securityContext?.['runAsUser']).toBeGreaterThan(0);
      expect(pod.containers[0]?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('limits the memory of everything', () => {
    for (const { pod } of workloads(development)) {
      expect(pod.containers[0]?.resources).toMatchObject({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
    }
  });

  it('has Services that find their pods and their ports', () => {
    for (const { metadata, spec } of development.objects.filter(({ kind }) => kind === 'Service')) {
      const target = development.objects.find(
        (object) => object.spec?.template && object.metadata.name === metadata.name,
      );
      expect(target?.spec?.template?.metadata.labels).toEqual(spec?.selector);
      expect(target?.spec?.selector?.matchLabels).toEqual(spec?.selector);
      const ports = target?.spec?.template?.spec.containers[0]?.ports?.map(({ name }) => name);
      expect(ports).toEqual(expect.arrayContaining(spec?.ports?.map(({ targetPort }) => targetPort) ?? []));
    }
  });

  it('runs the servers with the files that the one-command stack uses', () => {
    expect(development.configMaps['nats-configuration']).toEqual({
      'nats.conf': readFileSync('servers/nats/nats.conf', 'utf8'),
    });
    expect(development.configMaps['redis-configuration']).toMatchObject({
      'redis.conf': readFileSync('servers/redis/redis.conf', 'utf8'),
      'users.acl': readFileSync('servers/redis/users.acl', 'utf8'),
    });
    expect(development.configMaps['session-redis-configuration']).toMatchObject({
      'redis.conf': readFileSync('servers/redis/sessions/redis.conf', 'utf8'),
      'users.acl': readFileSync('servers/redis/sessions/users.acl', 'utf8'),
    });
  });

  itWith('kubectl', 'is what kubectl renders, all names resolved', (kubectl) => {
    const rendered = readObjects(run(kubectl, ['kustomize', DEVELOPMENT]));
    const kinds = (objects: { kind: string }[]): string[] => objects.map(({ kind }) => kind).toSorted();
    const generated = { ConfigMap: development.configMaps, Secret: development.secrets };
    const expected = Object.entries(generated).flatMap(([kind, maps]) =>
      Object.keys(maps).map(() => ({ kind })),
    );
    expect(kinds(rendered)).toEqual(kinds([...development.objects, ...expected]));
    // Kustomize breaks long values of Secrets into lines, which the schema does not know of and the server accepts.
    expect(schemaProblems(rendered.filter(({ kind }) => kind !== 'Secret'))).toEqual([]);

    const maps = rendered.filter(({ kind }) => kind in generated).map(({ metadata }) => metadata.name);
    const text = JSON.stringify(rendered.filter(({ kind }) => !(kind in generated)));
    const references = [
      ...text.matchAll(/"(?:secretKeyRef|secretRef|configMapRef|configMap)":\{[^}]*"name":"([^"]+)"/g),
    ];
    expect(new Set(references.map(([, name]) => name))).toEqual(new Set(maps));
  });

  itWith('kubectl', 'has a base that renders by itself', (kubectl) => {
    expect(schemaProblems(readObjects(run(kubectl, ['kustomize', 'k8s/base'])))).toEqual([]);
  });
});

describe('a mistake in a manifest would be found out:', () => {
  it.each<[what: string, from: string, to: string, problem: RegExp]>([
    ['a field that does not exist', '"envFrom"', '"envForm"', /envForm/],
    ['a value of the wrong type', '"containerPort":8080', '"containerPort":"8080"', /must be integer/],
    [
      'a field that is missing',
      '"selector":{"matchLabels"',
      '"selectors":{"matchLabels"',
      /required property selector/,
    ],
    ['an unknown kind', '"kind":"Deployment"', '"kind":"Deploymant"', /no schema for apps\/v1/],
  ])('%s', (_, from, to, problem) => {
    const [gateway] = development.objects.filter(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'gateway',
    );
    const text = JSON.stringify([gateway]);
    expect(text).toContain(from);
    const broken = JSON.parse(text.replace(from, to)) as Manifests['objects'];
    expect(schemaProblems(broken).join('\n')).toMatch(problem);
  });

  it.each<[what: string, mistake: (manifests: Manifests) => void, problem: RegExp]>([
    [
      'a Secret that nobody makes',
      ({ secrets }) => delete secrets['gateway'],
      /no ConfigMap or Secret gateway/,
    ],
    [
      'a Secret without the key',
      ({ secrets }) => delete secrets['gateway']?.['ADMIN_TOKEN'],
      /gateway has no ADMIN_TOKEN/,
    ],
    [
      'a password that does not fit',
      ({ secrets }) => Object.assign(secrets['verification'] ?? {}, { NATS_PASSWORD: 'other' }),
      /verification has another password than NATS_VERIFICATION_PASSWORD/,
    ],
    [
      'a variable that no service knows',
      ({ configMaps }) => Object.assign(configMaps['every-service'] ?? {}, { LOG_LEVLE: 'info' }),
      /knows no variable LOG_LEVLE/,
    ],
    [
      'an address that is no server',
      ({ configMaps }) => Object.assign(configMaps['every-service'] ?? {}, { NATS_URL: 'nats://bus:4222' }),
      /looks for nats:4222 at bus:4222/,
    ],
    [
      'an app without a Deployment',
      (manifests) => {
        manifests.objects = manifests.objects.filter(({ metadata }) => metadata.name !== 'verification');
      },
      /apps\/verification has no container/,
    ],
  ])('%s', (_, mistake, problem) => {
    const manifests = copy();
    mistake(manifests);
    const look = (): string => problemsOf(kubernetesContainers(manifests)).join('\n');
    const found = ((): string => {
      try {
        return look();
      } catch (error) {
        return String(error);
      }
    })();
    expect(found).toMatch(problem);
  });
});
