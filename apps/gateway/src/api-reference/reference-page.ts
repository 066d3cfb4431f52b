import { html, type Markup } from './html.js';
import type {
  OpenApi,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
  OpenApiSchema,
} from './openapi.js';
import { SDK_QUICKSTART } from './sdk-quickstart.js';

/** In the page, and by its hash in the policy of the page. */
export const REFERENCE_STYLE = `
:root { color-scheme: light dark; --line: #8885; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin-top: 2.5rem; }
code, pre { font: 0.9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--soft); padding: 0.75rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
nav ul { columns: 20rem; padding-left: 1rem; }
.method { text-transform: uppercase; font-weight: 600; }
`;

/** docs/openapi.json for people: one page without scripts, so that it works anywhere, and Ctrl+F finds everything. */
export function referencePage(openApi: OpenApi): string {
  const { info, tags } = openApi;
  const operations = operationsOf(openApi);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title}: API reference</title>
        <style>
          STYLE
        </style>
      </head>
      <body>
        <main>
          <h1>${info.title}: API reference</h1>
          ${info.description.split('\n\n').map((text) => html`<p>${text}</p>`)}
          <p>Version ${info.version}. For programs: <a href="/openapi.json">openapi.json</a>, OpenAPI 3.1.</p>
          <nav aria-label="Contents">
            <ul>
              <li><a href="#sdk-quickstart">SDK quickstart</a></li>
              ${operations.map(({ id, summary }) => html`<li><a href="#${id}">${summary}</a></li>`)}
              <li><a href="#schemas">Schemas</a></li>
            </ul>
          </nav>
          ${SDK_QUICKSTART}
          ${tags.map(
            ({ name }) =>
              html`<h2>${name}</h2>
                ${operations.filter(({ tag }) => tag === name).map(({ markup }) => markup)}`,
          )}
          <h2 id="schemas">Schemas</h2>
          ${Object.entries(openApi.components.schemas).map(([name, schema]) => schemaSection(name, schema))}
        </main>
      </body>
    </html>`;
  return page.text.replace(/<style>\s*STYLE\s*<\/style>/, () => `<style>${REFERENCE_STYLE}</style>`);
}

interface RenderedOperation {
  id: string;
  tag: string;
  summary: string;
  markup: Markup;
}

/** A route that takes every method is one operation to a reader. */
function operationsOf({ paths, components }: OpenApi): RenderedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) => {
    const bySummary = new Map<string, [string, OpenApiOperation][]>();
    for (const entry of Object.entries(methods)) {
      bySummary.set(entry[1].summary, [...(bySummary.get(entry[1].summary) ?? []), entry]);
    }
    return [...bySummary.values()].flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const [method, operation] = first;
      const verb = same.length > 1 ? 'any' : method;
      const markup = operationSection(`${verb} ${path}`, operation, components);
      return [
        { id: operation.operationId, tag: operation.tags[0] ?? '', summary: operation.summary, markup },
      ];
    });
  });
}

function operationSection(
  title: string,
  { operationId, summary, description, security, parameters = [], requestBody, responses }: OpenApiOperation,
  { responses: shared, securitySchemes }: OpenApi['components'],
): Markup {
  const [method, path] = title.split(' ');
  const credentials = security.flatMap((scheme) => Object.keys(scheme));
  const [body] = Object.values(requestBody?.content ?? {});
  const needed = credentials.map((name) => securitySchemes[name]?.description ?? name).join(' Or: ');
  return html`<section>
    <h3 id="${operationId}">${summary}</h3>
    <p>
      <code><span class="method">${method}</span> ${path}</code>
    </p>
    ${description === undefined ? undefined : html`<p>${description}</p>`}
    <p>Credential: ${needed === '' ? 'none.' : needed}</p>
    ${parameters.length === 0 ? undefined : fieldTable('Parameter', parameters.map(parameterRow))}
    ${body === undefined ? undefined : html`<p>Body: ${typeOf(body.schema)}</p>`}
    ${body?.example === undefined ? undefined : html`<pre>${JSON.stringify(body.example, null, 2)}</pre>`}
    ${answerTable(responses, shared)}
  </section>`;
}

function answerTable(
  responses: Record<string, OpenApiResponse>,
  shared: Record<string, OpenApiResponse>,
): Markup {
  const rows = Object.entries(responses).map(([status, response]) => {
    const {
      content = {},
      description = '',
      headers = {},
    } = response.$ref === undefined ? response : (shared[nameIn(response.$ref)] ?? response);
    const named = Object.keys(headers).filter((name) => name !== 'X-Request-Id');
    const [schema] = Object.values(content).map((media) => media.schema);
    const codes = schema?.allOf?.[1]?.properties?.['code']?.enum ?? [];
    const what =
      codes.length === 0
        ? schema && typeOf(schema)
        : html`${codes.map((code) => html`<code>${String(code)}</code> `)}`;
    return html`<tr>
      <td>${status}</td>
      <td>${what}</td>
      <td>${description}</td>
      <td>
        ${joined(
          named.map((name) => html`<code>${name}</code>`),
          ', ',
        )}
      </td>
    </tr>`;
  });
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Answer</th>
        <th scope="col">Body or code</th>
        <th scope="col">Meaning</th>
        <th scope="col">Headers</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function parameterRow({ name, in: where, required, description, schema }: OpenApiParameter): Markup {
  const typed = html`${where}, ${typeOf(schema)}`;
  return fieldRow(name, {
    type: typed,
    required: required === true,
    description: description ?? schema.description,
  });
}

function schemaSection(name: string, schema: OpenApiSchema): Markup {
  const { description, properties, required = [] } = schema;
  const rows = Object.entries(properties ?? {}).map(([field, of]) =>
    fieldRow(field, { type: typeOf(of), required: required.includes(field), description: of.description }),
  );
  return html`<section>
    <h3 id="schema-${name}"><code>${name}</code></h3>
    ${description === undefined ? undefined : html`<p>${description}</p>`}
    ${rows.length > 0 ? fieldTable('Field', rows) : html`<p>${typeOf(schema)}</p>`}
  </section>`;
}

function fieldTable(what: string, rows: Markup[]): Markup {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${what}</th>
        <th scope="col">Type</th>
        <th scope="col">Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

interface Row {
  type: Markup;
  required: boolean;
  description: string | undefined;
}

function fieldRow(name: string, { type, required, description }: Row): Markup {
  return html`<tr>
    <td><code>${name}</code>${required ? undefined : ' (may be absent)'}</td>
    <td>${type}</td>
    <td>${description}</td>
  </tr>`;
}

/** In a few words, with a link to what has a name. */
function typeOf(schema: OpenApiSchema): Markup {
  const { $ref, anyOf, items, properties, format } = schema;
  if ($ref !== undefined) return html`<a href="#schema-${nameIn($ref)}">${nameIn($ref)}</a>`;
  if (anyOf !== undefined) return joined(anyOf.map(typeOf), ' or ');
  if (items !== undefined) return html`list of ${typeOf(items)}${limits(schema)}`;
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([name, of]) => html`<code>${name}</code>: ${typeOf(of)}`);
    return html`{ ${joined(fields, ', ')} }`;
  }
  if ('const' in schema) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined) {
    return joined(
      schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      ' or ',
    );
  }
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  return html`${format === undefined ? type : type.replace('string', format)}${limits(schema)}`;
}

function limits(schema: OpenApiSchema): string {
  const range = (least: number | undefined, most: number | undefined, unit: string): string | undefined =>
    least === undefined && most === undefined
      ? undefined
      : `${String(least ?? 0)}${most === undefined ? ' or more' : ` to ${String(most)}`}${unit}`;
  const words = [
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
    schema.default === undefined ? undefined : `${JSON.stringify(schema.default)} when absent`,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? '' : ` (${words.join('; ')})`;
}

function joined(parts: Markup[], separator: string): Markup {
  return html`${parts.map((part, i) => html`${i === 0 ? '' : separator}${part}`)}`;
}

function nameIn(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
