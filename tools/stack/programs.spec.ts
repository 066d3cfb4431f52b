import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, installCommand, MissingProgramError, programs, resolveProgram } from './programs.mjs';
import { temporaryDirectory } from './temporary-directory.mjs';

const name = 'traylinx-test-program';
let directory: string;

beforeAll(() => {
  directory = temporaryDirectory('programs');
  Object.assign(programs, {
    [name]: {
      variable: 'TEST_PROGRAM_BIN',
      debianPackage: 'there-is-no-such-package',
      debianFile: `usr/bin/${name}`,
      brewFormula: 'test-formula',
      insteadVariable: 'TEST_PROGRAM_URL',
    },
  });
});

afterAll(() => {
  Reflect.deleteProperty(programs, name);
  rmSync(directory, { recursive: true });
});

function executable(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

describe('finding a program', () => {
  it('prefers what its variable names, then PATH, then what was fetched before', () => {
    const chosen = executable(join(directory, 'chosen', 'anything'));
    const onPath = executable(join(directory, 'bin', name));
    const fetched = executable(join(directory, 'cache', name, 'run'));
    const cacheDirectory = join(directory, 'cache');
    const PATH = `/nowhere:${dirname(onPath)}`;
    expect(findProgram(name, { env: { TEST_PROGRAM_BIN: chosen, PATH }, cacheDirectory })).toBe(chosen);
    expect(findProgram(name, { env: { PATH }, cacheDirectory })).toBe(onPath);
    expect(findProgram(name, { env: { PATH: '/nowhere' }, cacheDirectory })).toBe(fetched);
    expect(findProgram(name, { env: {}, cacheDirectory: '/nowhere' })).toBeUndefined();
  });

  it('does not pass over a variable that names nothing executable', () => {
    const noProgram = join(directory, 'text');
    writeFileSync(noProgram, 'no program');
    for (const path of [noProgram, directory, join(directory, 'nothing')]) {
      const env = { TEST_PROGRAM_BIN: path, PATH: process.env['PATH'] };
      expect(() => findProgram(name, { env })).toThrow(/TEST_PROGRAM_BIN/);
    }
  });
});

describe('a program that cannot be had', () => {
  it('is named, with its package, its variable and the variable for a running server', async () => {
    const cacheDirectory = join(directory, 'empty');
    const failure = resolveProgram(name, { env: { PATH: '/nowhere' }, cacheDirectory });
    await expect(failure).rejects.toThrow(MissingProgramError);
    await expect(failure).rejects.toThrow(installCommand(name));
    await expect(failure).rejects.toThrow(
      /traylinx-test-program was not found.*TEST_PROGRAM_BIN.*TEST_PROGRAM_URL/,
    );
  });
});
