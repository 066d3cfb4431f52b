import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// Both packages that are imported, as npm would install them: packed, unpacked, and used from outside the repository.
const PACKAGES = { sdk: 'packages/sdk-js', nestjs: 'packages/nestjs' };
const USE = `
import { ConfigurationError, Traylinx, type Verification } from '@traylinx/sdk';
import { ApiKeyGate } from '@traylinx/nestjs';
import { requireApiKey } from '@traylinx/nestjs/express';
import { FakeGateway } from '@traylinx/nestjs/testing';
const verified: Promise<Verification> = new Traylinx({ apiKey: null, baseUrl: 'https://x' }).verify('x');
export const all = [ConfigurationError, ApiKeyGate, requireApiKey, FakeGateway, verified];
// @ts-expect-error -- types that let everything through are none
export const wrong: number = new Traylinx();
`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'traylinx-install-'));
  for (const [name, path] of Object.entries(PACKAGES)) {
    const target = join(directory, 'node_modules', '@traylinx', name);
    mkdirSync(target, { recursive: true });
    execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: path, stdio: 'pipe' });
    const archive = `traylinx-${name}-0.1.0.tgz`;
    execFileSync('tar', ['-xzf', join(directory, archive), '-C', target, '--strip-components=1']);
  }
  for (const other of ['@nestjs', 'fastify', 'reflect-metadata', 'rxjs', '@types']) {
    symlinkSync(resolve('node_modules', other), join(directory, 'node_modules', other));
  }
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

function run(file: string, code: string): string {
  writeFileSync(join(directory, file), code);
  return execFileSync(process.execPath, [file], { cwd: directory, encoding: 'utf8', stdio: 'pipe' }).trim();
}

describe('an installed package', () => {
  it('is imported and required, in the same version', () => {
    const program = (load: (name: string) => string): string => `
      const sdk = ${load('@traylinx/sdk')};
      const parts = [${['', '/express', '/fastify', '/testing'].map((part) => load(`@traylinx/nestjs${part}`)).join()}];
      console.log(sdk.VERSION, typeof sdk.Traylinx, parts.every((part) => Object.keys(part).length > 0));`;
    expect(
      run(
        'esm.mjs',
        program((name) => `await import('${name}')`),
      ),
    ).toBe('0.1.0 function true');
    expect(
      run(
        'cjs.cjs',
        program((name) => `require('${name}')`),
      ),
    ).toBe('0.1.0 function true');
  });

  it('is CommonJS where it is required, and so needs no Node that can require modules', () => {
    const path = run('where.cjs', "console.log(require.resolve('@traylinx/sdk'))");
    expect(path).toMatch(/dist\/cjs\/index\.js$/);
  });

  it('has types for ES modules and for CommonJS', () => {
    for (const file of ['use.mts', 'use.cts']) writeFileSync(join(directory, file), USE);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', 'node'];
    // Whatever it finds is in the error that execFileSync throws.
    const compiler = resolve('node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [compiler, ...options, 'use.mts', 'use.cts'], {
      cwd: directory,
      encoding: 'utf8',
    });
  }, 120_000);

  it('has a README, no tests, and the SDK no dependency', () => {
    const sdk = join(directory, 'node_modules', '@traylinx', 'sdk');
    const files = readdirSync(sdk, { recursive: true }).map(String);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'dist/cjs/index.d.ts', 'dist/esm/index.js']));
    expect(files.filter((file) => /spec|^test/.test(file))).toEqual([]);
    const description = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as object;
    expect(description).not.toHaveProperty('dependencies');
  });
});
