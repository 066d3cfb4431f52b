import { readFileSync } from 'node:fs';
import { html } from './html.js';
import type { OpenApi } from './openapi.js';
import { REFERENCE_STYLE, referencePage } from './reference-page.js';

const openApi = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApi;
const page = referencePage(openApi);

describe('the reference page', () => {
  it('has every path, schema and code of a problem, and links that lead somewhere', () => {
    for (const path of Object.keys(openApi.paths)) expect(page).toContain(path);
    for (const name of Object.keys(openApi.components.schemas)) expect(page).toContain(`id="schema-${name}"`);
    const codes = JSON.stringify(openApi.components.responses).match(/(?<="enum":\[)[^\]]*/g) ?? [];
    for (const code of codes.flatMap((list) => JSON.parse(`[${list}]`) as string[]))
      expect(page).toContain(code);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${String(id)}"`);
  });

  it('tells in its SDK quickstart where a key belongs', () => {
    const quickstart = /<h2 id="sdk-quickstart">SDK quickstart<\/h2>.*?<\/section>/s.exec(page)?.[0];
    expect(quickstart).toContain('TRAYLINX_API_KEY');
  });

  it('runs nothing and loads nothing', () => {
    expect(page).not.toMatch(/<script|\bsrc=|\bon[a-z]+="|style="|https?:|\/\//i);
    expect(page).toContain(`<style>${REFERENCE_STYLE}</style>`);
  });

  it('shows text of the document as text', () => {
    const name = '<img src=x onerror="alert(1)">';
    expect(html`<p title="${name}">${name}</p>`.text).not.toContain('<img');
    const info = { ...openApi.info, description: name };
    expect(referencePage({ ...openApi, info })).not.toContain('<img');
  });
});
