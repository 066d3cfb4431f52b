import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILES = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file && existsSync(file) && lstatSync(file).isFile());
const read = (file: string): string => readFileSync(file, 'utf8');

describe('every file', () => {
  it.each([
    [
      'a package registry',
      /registry\.(npmjs|yarnpkg|npmmirror)\b|npm\.pkg\.github|\/artifactory\/|\/nexus\//,
    ],
    ['a machine', /(?<![\w.~$}-])\/(home\/[a-z]+|Users\/[A-Za-z]+|root|work)\/[\w.-]/],
  ])('is free of the path or the host of %s', (_, forbidden) => {
    const self = 'test/repository/files.spec.ts';
    const found = FILES.filter((file) => file !== self).flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => forbidden.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});

describe('LICENSE', () => {
  it('is the Apache License 2.0, to the letter', () => {
    // Of the text at apache.org/licenses/LICENSE-2.0.txt.
    const expected = 'cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30';
    expect(createHash('sha256').update(read('LICENSE')).digest('hex')).toBe(expected);
    expect((JSON.parse(read('package.json')) as { license: string }).license).toBe('Apache-2.0');
  });
});

describe('CHANGELOG.md', () => {
  it('has a section for the version in package.json', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    const [, upcoming] = /^To be (\S+)\.$/m.exec(read('CHANGELOG.md')) ?? [];
    const released = [...read('CHANGELOG.md').matchAll(/^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$/gm)];
    expect([upcoming, ...released.map(([, number]) => number)]).toContain(version);
  });
});

describe('the documentation', () => {
  const pages = FILES.filter((file) => file.endsWith('.md'));

  it('has no link to a file that is not there', () => {
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, target]) => ({
        page,
        target: join(dirname(page), String(target)),
      })),
    );
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter(({ target }) => !existsSync(target))).toEqual([]);
  });

  it('lists every decision', () => {
    const records = readdirSync('docs/decisions').filter((file) => /^\d{4}-/.test(file));
    const listed = [...read('docs/decisions/README.md').matchAll(/\]\((\d{4}-[^)]+)\)/g)].map(
      ([, file]) => file,
    );
    expect(listed).toEqual(records.toSorted());
  });

  it.each(['CONTRIBUTING.md', 'README.md', 'SECURITY.md'])('names only scripts that exist: %s', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [
      ...read(page).matchAll(/npm (?:run )?(start|test|stack|build|bench|lint|migrate|generate)\b/g),
    ];
    expect(named.map(([, script]) => String(script)).filter((script) => !scripts[script])).toEqual([]);
  });
});

describe('the threat model', () => {
  it('names tests that exist', () => {
    const named = [...readFileSync('docs/security.md', 'utf8').matchAll(/`([\w./-]+spec\.ts)`/g)].map(
      ([, file]) => file,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !existsSync(String(file)))).toEqual([]);
  });
});
