import { readFileSync } from 'node:fs';
import ts from 'typescript';

interface Schema {
  properties: Record<string, unknown>;
}

const { components } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  components: { schemas: Record<string, Schema> };
};

/** Our names, and those of the API document. */
const SAME = {
  Admin: 'Principal',
  ApiKey: 'ApiKey',
  ApiKeyUsage: 'ApiKeyUsage',
  AuditEvent: 'AuditEvent',
  CreatedApiKey: 'CreatedApiKey',
  DeletedApiKey: 'DeletedApiKey',
  Identity: 'IdentifyApiKeyResponse',
  Project: 'Project',
  UsageSummary: 'ApiKeyUsageSummary',
};
/** Of sessions in browsers, which have no place here. */
const LEFT_OUT = new Set(['csrfToken']);

const file = ts.createSourceFile(
  'types.ts',
  readFileSync('packages/sdk-js/src/types.ts', 'utf8'),
  ts.ScriptTarget.ES2022,
);
const interfaces = new Map(
  file.statements
    .filter(ts.isInterfaceDeclaration)
    .map((declaration) => [declaration.name.text, declaration]),
);

function propertiesOf(name: string): string[] {
  const declaration = interfaces.get(name);
  if (!declaration) throw new Error(`types.ts has no ${name}`);
  const own = declaration.members.flatMap((member) =>
    member.name && ts.isIdentifier(member.name) ? [member.name.text] : [],
  );
  const bases =
    declaration.heritageClauses?.flatMap(({ types }) => types.map(({ expression }) => expression)) ?? [];
  return [...own, ...bases.filter(ts.isIdentifier).flatMap(({ text }) => propertiesOf(text))];
}

it.each(Object.entries(SAME))('%s has what the API document says of %s, and nothing else', (ours, theirs) => {
  const documented = Object.keys(components.schemas[theirs]?.properties ?? {});
  expect(propertiesOf(ours).toSorted()).toEqual(documented.filter((name) => !LEFT_OUT.has(name)).toSorted());
});
