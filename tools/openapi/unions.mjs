// "One of these" in JSON Schema, as briefly as it can be said.

/** @typedef {Record<string, unknown>} Schema */

/** @param {Schema[]} parts @returns {Schema} */
export function unionOf(parts) {
  const others = parts.filter((part) => part['type'] !== 'null');
  const isNullable = others.length < parts.length;
  const [only] = others;
  const merged = others.length === 1 && only ? only : (literals(others) ?? { anyOf: others });
  return isNullable ? orNull(merged) : merged;
}

/** @param {Schema} schema @returns {Schema} */
export function orNull(schema) {
  if (typeof schema['type'] === 'string') {
    const values = Array.isArray(schema['enum']) ? { enum: [...schema['enum'], null] } : {};
    return { ...schema, type: [schema['type'], 'null'], ...values };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

/** @param {Schema[]} parts @returns {Schema | undefined} */
function literals(parts) {
  if (!parts.every((part) => 'const' in part)) return undefined;
  const values = parts.map((part) => part['const']);
  if (values.every((value) => typeof value === 'boolean')) return { type: 'boolean' };
  return { type: typeof values[0], enum: values };
}
