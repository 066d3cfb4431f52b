// What comments say of types: their text becomes a description, and `@schema {…}` adds what TypeScript cannot say.
import ts from 'typescript';

/** As one paragraph. @param {ts.Symbol} symbol @param {ts.TypeChecker} checker */
export function commentOf(symbol, checker) {
  return ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/\s+/g, ' ')
    .replace(/\{@link (\w+)\s*\}/g, '`$1`')
    .trim();
}

/** @param {ts.Symbol} symbol @returns {Record<string, unknown>} */
export function schemaTagOf(symbol) {
  const tag = symbol.getJsDocTags().find(({ name }) => name === 'schema');
  if (tag === undefined) return {};
  const text = ts.displayPartsToString(tag.text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`@schema of ${symbol.name} is no JSON: ${text}`);
  }
}
