import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { Container, Containers } from './containers.js';

type Reference = Readonly<Record<'name' | 'key', string>> & { readonly optional?: boolean };

export interface PodContainer {
  name: string;
  image: string;
  args?: string[];
  env?: {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef?: Reference; configMapKeyRef?: Reference };
  }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  livenessProbe?: { httpGet?: { path: string; port: string } };
  readinessProbe?: { httpGet?: { path: string; port: string } };
  startupProbe?: { httpGet?: { path: string; port: string } };
  lifecycle?: { preStop?: { sleep?: { seconds: number } } };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: Record<string, unknown>;
}

interface Pod {
  automountServiceAccountToken?: boolean;
  containers: PodContainer[];
  enableServiceLinks?: boolean;
  securityContext?: Record<string, unknown>;
  terminationGracePeriodSeconds?: number;
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  spec?: {
    template?: { metadata: { labels: Record<string, string> }; spec: Pod };
    selector?: { matchLabels: Record<string, string> } & Record<string, string>;
    ports?: { name: string; port: number; targetPort: string }[];
  };
}

interface Generator {
  name: string;
  literals?: string[];
  files?: string[];
}

interface Kustomization {
  resources?: string[];
  components?: string[];
  configMapGenerator?: Generator[];
  secretGenerator?: Generator[];
}

/** What a kustomization is made of, before kustomize changes names and namespaces. */
export interface Manifests {
  objects: KubernetesObject[];
  configMaps: Record<string, Record<string, string>>;
  secrets: Record<string, Record<string, string>>;
}

export function readManifests(directory: string): Manifests {
  const text = readFileSync(join(directory, 'kustomization.yaml'), 'utf8');
  const { resources = [], components = [], ...generators } = parse(text) as Kustomization;
  const parts = [...resources, ...components].map((path) => readResource(join(directory, path)));
  const generated = {
    objects: [],
    configMaps: generate(directory, generators.configMapGenerator),
    secrets: generate(directory, generators.secretGenerator),
  };
  return [...parts, generated].reduce((all, part) => ({
    objects: [...all.objects, ...part.objects],
    configMaps: { ...all.configMaps, ...part.configMaps },
    secrets: { ...all.secrets, ...part.secrets },
  }));
}

function readResource(path: string): Manifests {
  if (statSync(path).isDirectory()) return readManifests(path);
  return { objects: readObjects(readFileSync(path, 'utf8')), configMaps: {}, secrets: {} };
}

export function readObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as KubernetesObject;
  });
}

function generate(directory: string, generators: Generator[] = []): Record<string, Record<string, string>> {
  const maps: Record<string, Record<string, string>> = {};
  for (const { name, literals = [], files = [] } of generators) {
    const values = literals.map((literal): [string, string] => {
      const [key = '', ...value] = literal.split('=');
      return [key, value.join('=')];
    });
    const texts = files.map((file): [string, string] => [
      basename(file),
      readFileSync(join(directory, file), 'utf8'),
    ]);
    maps[name] = Object.fromEntries([...values, ...texts]);
  }
  return maps;
}

/** Deployments, jobs and the like: whatever starts pods. */
export function workloads({
  objects,
}: Pick<Manifests, 'objects'>): { name: string; kind: string; pod: Pod }[] {
  return objects.flatMap(({ kind, metadata: { name }, spec }) =>
    spec?.template ? [{ name, kind, pod: spec.template.spec }] : [],
  );
}

/** @throws Error if something refers to a ConfigMap or Secret that is not there */
export function kubernetesContainers(manifests: Manifests): Containers {
  const containers = workloads(manifests).map(({ name, pod }): [string, Container] => {
    const [container, ...others] = pod.containers;
    if (!container || others.length > 0) throw new Error(`${name} is not made of one container`);
    const image = container.image.replace(/:[^:/]+$/, '');
    const isStore = !image.startsWith('traylinx/');
    return [
      name,
      {
        image,
        args: isStore ? [] : (container.args ?? []),
        environment: environmentOf(container, manifests),
      },
    ];
  });
  return Object.fromEntries(containers);
}

function environmentOf(container: PodContainer, { configMaps, secrets }: Manifests): Record<string, string> {
  const all = (container.envFrom ?? []).map(({ configMapRef, secretRef }) =>
    configMapRef ? dataOf(configMaps, configMapRef.name) : dataOf(secrets, String(secretRef?.name)),
  );
  const single = (container.env ?? []).flatMap(({ name, value, valueFrom }) => {
    const { secretKeyRef: secret, configMapKeyRef: configMap } = valueFrom ?? {};
    const reference = secret ?? configMap;
    if (!reference) return [[name, value ?? '']];
    const found = dataOf(secret ? secrets : configMaps, reference.name)[reference.key];
    if (found === undefined && !reference.optional)
      throw new Error(`${reference.name} has no ${reference.key}`);
    return found === undefined ? [] : [[name, found]];
  });
  return Object.assign({}, ...all, Object.fromEntries(single)) as Record<string, string>;
}

function dataOf(maps: Record<string, Record<string, string>>, name: string): Record<string, string> {
  const data = maps[name];
  if (!data) throw new Error(`there is no ConfigMap or Secret ${name}`);
  return data;
}
