// Builds a package that people install: `node ../../tools/build-package.mjs [--esm-only]` in its folder. One check of the
// types; ES modules, CommonJS and declarations for both come from it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const packageDirectory = process.cwd();
const sourceDirectory = join(packageDirectory, 'src');
const outputDirectory = join(packageDirectory, 'dist');
const isEsmOnly = process.argv.includes('--esm-only');

/** @type {ts.CompilerOptions} */
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  skipLibCheck: true,
  declaration: true,
  rootDir: sourceDirectory,
  outDir: outputDirectory,
};

const files = ts.sys
  .readDirectory(sourceDirectory, ['.ts'])
  .filter((file) => !/\.(spec|int-spec)\.ts$/.test(file));
const program = ts.createProgram(files, options);
const problems = ts.getPreEmitDiagnostics(program);
if (problems.length > 0) {
  const host = {
    getCanonicalFileName: (/** @type {string} */ name) => name,
    getCurrentDirectory: () => packageDirectory,
    getNewLine: () => '\n',
  };
  console.error(ts.formatDiagnostics(problems, host));
  process.exit(1);
}

rmSync(outputDirectory, { recursive: true, force: true });
program.emit(undefined, (file, text) => {
  if (isEsmOnly) {
    write(file, text);
    return;
  }
  const path = file.slice(outputDirectory.length);
  write(join(outputDirectory, 'esm', path), text);
  // The imports in declarations are the same for both; which kind of module they describe is said in package.json.
  if (file.endsWith('.d.ts')) write(join(outputDirectory, 'cjs', path), text);
});
if (!isEsmOnly) {
  for (const source of files) writeCommonJs(source);
  write(join(outputDirectory, 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
}

/** @param {string} source */
function writeCommonJs(source) {
  const text = program.getSourceFile(source)?.text ?? '';
  const compilerOptions = {
    ...options,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: source });
  const file = join(outputDirectory, 'cjs', source.slice(sourceDirectory.length).replace(/\.ts$/, '.js'));
  write(file, outputText);
}

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
