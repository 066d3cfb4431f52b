// The rules of secret scanners in examples/: their regular expressions, which all three dialects read in the same way.
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { hashKey, keyStart, mintKey, parseKey } from '#api-key';

interface Rule {
  pattern: string;
  allowed: string[];
}

const read = (file: string): string => readFileSync(`examples/secret-scanning/${file}`, 'utf8');

function ofGitleaks(): Rule {
  const file = read('gitleaks.toml');
  const [, pattern = ''] = /^regex = '''(.*)'''$/m.exec(file) ?? [];
  const [, list = ''] = /^regexes = \[$([^\]]*)^\]$/m.exec(file) ?? [];
  return { pattern, allowed: [...list.matchAll(/'''(.*)'''/g)].map(([, one]) => String(one)) };
}

function ofTruffleHog(): Rule {
  const { detectors } = parse(read('trufflehog.yaml')) as {
    detectors: { keywords: string[]; regex: { key: string }; exclude_regexes_match: string[] }[];
  };
  const [detector] = detectors;
  expect(detectors).toHaveLength(1);
  return { pattern: detector?.regex.key ?? '', allowed: detector?.exclude_regexes_match ?? [] };
}

function ofSecretlint(): Rule {
  const { rules } = JSON.parse(read('secretlintrc.json')) as {
    rules: { options: { patterns: { patterns: string[] }[]; allows: string[] } }[];
  };
  const options = rules[0]?.options;
  // Without slashes it would be searched for as it stands.
  const inSlashes = (text = ''): string => /^\/(.*)\/$/.exec(text)?.[1] ?? '';
  return {
    pattern: inSlashes(options?.patterns[0]?.patterns[0]),
    allowed: (options?.allows ?? []).map(inSlashes),
  };
}

const RULES = { gitleaks: ofGitleaks(), TruffleHog: ofTruffleHog(), secretlint: ofSecretlint() };

/** What a scanner with this rule would report. */
function hits({ pattern, allowed }: Rule, text: string): string[] {
  return [...text.matchAll(new RegExp(pattern, 'g'))]
    .map(([, key]) => String(key))
    .filter((key) => !allowed.some((one) => new RegExp(one).test(key)));
}

const SURROUNDINGS: Record<string, (key: string) => string> = {
  'a variable': (key) => `TRAYLINX_API_KEY=${key}\n`,
  'a variable, in Windows': (key) => `set TRAYLINX_API_KEY=${key}\r\nnext`,
  quotes: (key) => `const key = '${key}';`,
  JSON: (key) => JSON.stringify({ key, next: 1 }),
  'JSON in JSON, behind a line break': (key) => JSON.stringify(JSON.stringify({ env: `A=1\n${key}\nB=2` })),
  YAML: (key) => `key: ${key}\nnext: 1`,
  'a header': (key) => `Authorization: Bearer ${key}`,
  'the user of a URL': (key) => `https://${key}@example.com/`,
  'a path': (key) => `https://example.com/${key}/agents`,
  'a query': (key) => `https://example.com/?key=${key}&next=1`,
  'a query, encoded': (key) => `https://example.com/?q=%22${key}%22`,
  'emphasis in Markdown': (key) => `_${key}_ and **${key}**`,
  'the end of a file': (key) => `a text that ends with ${key}`,
  'the end of a sentence': (key) => `It is ${key}. Or ${key}, or (${key})`,
  'another name': (key) => `KEY_${key}`,
  nothing: (key) => key,
};

const README_KEY = 'tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni';
const EXAMPLE_KEY = 'tlx_00000000000000000000000000000000000000000004H69zz';
const ELSEWHERE: Record<string, (key: string) => string> = {
  'a key start': (key) => `${keyStart(key)} and ${keyStart(key)}…`,
  'a character too few': (key) => key.slice(0, -1),
  'a character too many': (key) => `${key}0`,
  'a key that is broken in two': (key) => `${key.slice(0, 30)}\n${key.slice(30)}`,
  'another case of the prefix': (key) => key.replace('tlx', 'TLX'),
  'the hash of a key': (key) => `${hashKey(key)} ${Buffer.from(hashKey(key), 'base64url').toString('hex')}`,
  'a key without its prefix': (key) => key.slice(4),
  UUIDs: () => '01a20541-1cf0-75e3-b3a8-5d4c9a1f7e20 tlx_01a20541-1cf0-75e3-b3a8-5d4c9a1f7e20',
  placeholders: () => `tlx_… tlx_${'x'.repeat(20)} <tlx_key> tlx_YOUR_KEY ${README_KEY} ${EXAMPLE_KEY}`,
};

describe.each(Object.entries(RULES))('the rule for %s', (_name, rule) => {
  it.each(Object.entries(SURROUNDINGS))('finds a key in %s', (_place, surround) => {
    for (let i = 0; i < 50; i++) {
      const key = mintKey();
      const text = surround(key);
      expect(hits(rule, text)).toEqual(Array<string>(text.split(key).length - 1).fill(key));
    }
  });

  it.each(Object.entries(ELSEWHERE))('is silent about %s', (_what, near) => {
    for (let i = 0; i < 50; i++) expect(hits(rule, near(mintKey()))).toEqual([]);
  });

  it('allows the keys of our documentation to the letter, and no other', () => {
    expect(rule.allowed).toHaveLength(2);
    expect(hits(rule, `${README_KEY.slice(0, -1)}j ${EXAMPLE_KEY.slice(0, -1)}y`)).toHaveLength(2);
  });

  it('finds what has a wrong checksum, as no pattern can tell: the gateway does, without a look-up', () => {
    const key = mintKey();
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    expect(hits(rule, wrong)).toEqual([wrong]);
    expect(parseKey(wrong)).toBeUndefined();
  });
});

it('the rules are one expression, of which Go needs no more than it has', () => {
  const [pattern, ...others] = new Set(Object.values(RULES).map((rule) => rule.pattern));
  expect(others).toEqual([]);
  expect(pattern).not.toMatch(/\(\?(?!:)|\\[1-9]/);
});

describe('false alarms', () => {
  const LARGEST_BYTES = 1_048_576;
  const alarms = (files: string[]): string[] =>
    files.filter((file) => {
      const status = lstatSync(file, { throwIfNoEntry: false });
      if (!status?.isFile() || status.size > LARGEST_BYTES) return false;
      return hits(RULES.gitleaks, readFileSync(file, 'latin1')).length > 0;
    });

  it('there are none in this repository', () => {
    const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
    expect(files.length).toBeGreaterThan(500);
    expect(alarms(files)).toEqual([]);
  });

  // All of it takes longer; examples/secret-scanning/README.md has the command.
  it('there are none in every 20th file of node_modules', () => {
    const files = readdirSync('node_modules', { recursive: true, encoding: 'utf8' }).toSorted();
    const sample = files.filter((_, i) => i % 20 === 0).map((file) => join('node_modules', file));
    expect(sample.length).toBeGreaterThan(500);
    expect(alarms(sample)).toEqual([]);
  });
});
