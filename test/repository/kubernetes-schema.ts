import { resolve } from 'node:path';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as core from 'kubernetes-models/v1';
import ts from 'typescript';
import type { KubernetesObject } from './kubernetes.js';

type Model = new (object: never) => { validate: () => void };

const MODULES: Record<string, object> = { 'apps/v1': apps, 'batch/v1': batch, v1: core };

const COMPILER_OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
};
const host = ts.createCompilerHost(COMPILER_OPTIONS);
/** The types of Kubernetes, read once. */
const parsed = new Map<string, ts.SourceFile>();

/**
 * What the API server would refuse, without one: values against Kubernetes' own schemas, which overlook unknown fields,
 * and then unknown fields by the compiler, which reports fields of an object literal that its type does not have.
 */
export function schemaProblems(objects: readonly KubernetesObject[]): string[] {
  return [...objects.flatMap(valueProblems), ...fieldProblems(objects)];
}

function valueProblems(object: KubernetesObject): string[] {
  const { apiVersion, kind, metadata } = object;
  const model = (MODULES[apiVersion] as Record<string, Model> | undefined)?.[kind];
  if (!model) return [`${kind} ${metadata.name}: no schema for ${apiVersion}`];
  try {
    new model(object as never).validate();
    return [];
  } catch (error) {
    return [`${kind} ${metadata.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function fieldProblems(objects: readonly KubernetesObject[]): string[] {
  const file = resolve('test/repository/manifests-as-code.ts');
  const statements = objects.map((object, index) => {
    const type = `import('kubernetes-models/${object.apiVersion}').I${object.kind}`;
    return `export const object${index}: ${type} = ${JSON.stringify(object)};`;
  });
  const { fileExists, getSourceFile } = host;
  const code = ts.createSourceFile(file, statements.join('\n'), ts.ScriptTarget.ES2023);
  const hostWithFile: ts.CompilerHost = {
    ...host,
    fileExists: (name) => name === file || fileExists(name),
    getSourceFile: (name, ...rest) => (name === file ? code : (parsed.get(name) ?? parse(name, ...rest))),
  };
  function parse(...args: Parameters<typeof getSourceFile>): ts.SourceFile | undefined {
    const source = getSourceFile(...args);
    if (source) parsed.set(args[0], source);
    return source;
  }
  const program = ts.createProgram([file], COMPILER_OPTIONS, hostWithFile);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
