import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { breakingChanges } from '../../tools/openapi/breaking-changes.mjs';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document, in which every plant changes another place
type Json = Record<string, any>;

const FILE = 'docs/openapi.json';
const current = JSON.parse(readFileSync(FILE, 'utf8')) as Json;

/** What it prints; `undefined` when it fails. */
function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return status === 0 ? stdout.trim() : undefined;
}

const major = (version: unknown): string => String(version).split('.', 1)[0] ?? '';

function parameterNamed(document: Json, name: string): Json {
  const parameters = document['paths']['/v1/projects'].get.parameters as Json[];
  return parameters.find((parameter) => parameter['name'] === name) ?? {};
}

describe('the API', () => {
  it('does not break the clients of the last release (without one: of the last commit) in the same major version', () => {
    const release = git('describe', '--tags', '--abbrev=0', '--match', 'v*') ?? 'HEAD';
    // An archive without history has nothing to compare with.
    const text = git('show', `${release}:${FILE}`);
    if (text === undefined) return;
    const before = JSON.parse(text) as Json;
    if (major(before['info'].version) === major(current['info'].version)) {
      expect(breakingChanges(before, current)).toEqual([]);
    }
  });

  const plants: [string, (document: Json) => void, RegExp][] = [
    ['a path is removed', (d) => delete d['paths']['/v1/whoami'], /GET \/v1\/whoami is gone/],
    ['a method is removed', (d) => delete d['paths']['/v1/projects'].post, /POST \/v1\/projects is gone/],
    ['a field is removed', (d) => delete d['components'].schemas.Project.properties.name, /name is gone/],
    [
      'a field may be null',
      (d) => (d['components'].schemas.Project.properties.name.type = ['string', 'null']),
      /name may be null now/,
    ],
    [
      'a field may be absent',
      (d) => (d['components'].schemas.Project.required = ['id']),
      /may be absent now/,
    ],
    [
      'a field is needed',
      (d) => (d['components'].schemas.CreateApiKeyBody.required = ['note']),
      /needs the field note now/,
    ],
    [
      'a limit is narrower',
      (d) => (d['components'].schemas.ProjectBody.properties.name.maxLength = 50),
      /narrower maxLength/,
    ],
    [
      'a value is gone from a list of values',
      (d) => (d['components'].schemas.ApiKey.properties.status.enum = ['active', 'expired']),
      /is never "deleting" any more/,
    ],
    ['a parameter is needed', (d) => (parameterNamed(d, 'q')['required'] = true), /needs query q now/],
    [
      'a success has another status',
      (d) => {
        const { responses } = d['paths']['/v1/projects'].post;
        responses[200] = responses[201];
        delete responses[201];
      },
      /no longer answers 201/,
    ],
  ];

  it.each(plants)('is seen to break when %s', (_what, breakIt, message) => {
    const after = structuredClone(current);
    breakIt(after);
    expect(breakingChanges(current, after).join('\n')).toMatch(message);
  });

  it('may grow', () => {
    const after = structuredClone(current);
    after['paths']['/v1/more'] = after['paths']['/v1/projects'];
    after['components'].schemas.Project.properties.colour = { type: 'string' };
    after['components'].schemas.CreateApiKeyBody.properties.colour = { type: 'string' };
    const { status } = after['components'].schemas.ApiKey.properties;
    status.enum = [...(status.enum as string[]), 'resting'];
    expect(breakingChanges(current, after)).toEqual([]);
  });
});
