// What a client of the old document would trip over in the new one. Within a major version, the API only grows.

/** @typedef {Record<string, any>} Json */

/** @param {Json} before @param {Json} after @returns {string[]} one line each */
export function breakingChanges(before, after) {
  const found = [];
  for (const [path, operations] of Object.entries(before['paths'])) {
    for (const [method, operation] of Object.entries(/** @type {Json} */ (operations))) {
      const now = after['paths'][path]?.[method];
      const where = `${method.toUpperCase()} ${path}`;
      if (now === undefined) found.push(`${where} is gone`);
      else found.push(...operationChanges(operation, now, { before, after, where }));
    }
  }
  return [...new Set(found)];
}

/** @typedef {{ before: Json, after: Json, where: string }} Context */

/** @param {Json} before @param {Json} after @param {Context} context */
function operationChanges(before, after, context) {
  const { where } = context;
  const found = [];
  if (before['operationId'] !== after['operationId']) found.push(`${where} has another operationId`);
  const parametersBefore = parametersOf(before);
  for (const [name, parameter] of parametersOf(after)) {
    const known = parametersBefore.get(name);
    if (known === undefined && parameter['required']) found.push(`${where} needs ${name} now`);
    if (known !== undefined) {
      if (parameter['required'] && !known['required']) found.push(`${where} needs ${name} now`);
      found.push(
        ...inputChanges(known['schema'], parameter['schema'], { ...context, where: `${where} ${name}` }),
      );
    }
  }
  for (const name of parametersBefore.keys()) {
    if (!parametersOf(after).has(name)) found.push(`${where} no longer takes ${name}`);
  }
  found.push(...inputChanges(bodyOf(before), bodyOf(after), { ...context, where: `${where} body` }));
  for (const [status, response] of Object.entries(/** @type {Json} */ (before['responses']))) {
    if (!status.startsWith('2')) continue;
    const now = after['responses'][status];
    if (now === undefined) found.push(`${where} no longer answers ${status}`);
    else found.push(...successChanges(response, now, { ...context, where: `${where} ${status}` }));
  }
  return found;
}

/** @param {Json} before @param {Json} after @param {Context} context */
function successChanges(before, after, context) {
  const found = [];
  for (const name of Object.keys(before['headers'] ?? {})) {
    if (after['headers']?.[name] === undefined)
      found.push(`${context.where} no longer has the header ${name}`);
  }
  for (const [mediaType, { schema }] of Object.entries(/** @type {Json} */ (before['content'] ?? {}))) {
    const now = after['content']?.[mediaType];
    if (now === undefined) found.push(`${context.where} is no longer ${mediaType}`);
    else found.push(...answerChanges(schema, now.schema, context));
  }
  return found;
}

/** What is sent: it may have to be less, never more. @param {Json | undefined} before @param {Json | undefined} after @param {Context} context @returns {string[]} */
function inputChanges(before, after, context) {
  if (before === undefined) return after?.['required']?.length ? [`${context.where} is needed now`] : [];
  if (after === undefined) return [`${context.where} is no longer taken`];
  const [old, now] = [resolved(before, context.before), resolved(after, context.after)];
  const found = [];
  for (const type of typesOf(old)) {
    if (typesOf(now).length > 0 && !typesOf(now).includes(type))
      found.push(`${context.where} may no longer be ${type}`);
  }
  if (now['enum']) {
    for (const value of old['enum'] ?? ['anything']) {
      if (!now['enum'].includes(value))
        found.push(`${context.where} may no longer be ${JSON.stringify(value)}`);
    }
  }
  for (const [limit, isLess] of LIMITS) {
    if (now[limit] !== undefined && (old[limit] === undefined || isLess(now[limit], old[limit]))) {
      found.push(`${context.where} has a narrower ${limit}`);
    }
  }
  for (const name of now['required'] ?? []) {
    if (!old['required']?.includes(name)) found.push(`${context.where} needs the field ${name} now`);
  }
  for (const [name, property] of Object.entries(/** @type {Json} */ (old['properties'] ?? {}))) {
    found.push(
      ...inputChanges(property, now['properties']?.[name], { ...context, where: `${context.where}.${name}` }),
    );
  }
  if (old['items'])
    found.push(...inputChanges(old['items'], now['items'], { ...context, where: `${context.where}[]` }));
  return found;
}

/** @type {[string, (now: number, old: number) => boolean][]} */
const LIMITS = [
  ...['maximum', 'maxLength', 'maxItems'].map((name) => /** @type {const} */ ([name, less])),
  ...['minimum', 'minLength', 'minItems'].map((name) => /** @type {const} */ ([name, more])),
].map(([name, isLess]) => [name, isLess]);

/** @param {number} now @param {number} old */
function less(now, old) {
  return now < old;
}

/** @param {number} now @param {number} old */
function more(now, old) {
  return now > old;
}

/** What is answered: it may have to be more, never less. @param {Json} before @param {Json} after @param {Context} context @returns {string[]} */
function answerChanges(before, after, context) {
  const [old, now] = [resolved(before, context.before), resolved(after, context.after)];
  const found = [];
  for (const type of typesOf(now)) {
    if (typesOf(old).length > 0 && !typesOf(old).includes(type))
      found.push(`${context.where} may be ${type} now`);
  }
  if (old['enum'] && !now['enum'] && now['const'] === undefined)
    found.push(`${context.where} may be anything now`);
  for (const value of old['enum'] ?? []) {
    if (now['enum'] && !now['enum'].includes(value))
      found.push(`${context.where} is never ${JSON.stringify(value)} any more`);
  }
  for (const [name, property] of Object.entries(/** @type {Json} */ (old['properties'] ?? {}))) {
    const where = `${context.where}.${name}`;
    const current = now['properties']?.[name];
    if (current === undefined) found.push(`${where} is gone`);
    else found.push(...answerChanges(property, current, { ...context, where }));
    if (old['required']?.includes(name) && current !== undefined && !now['required']?.includes(name)) {
      found.push(`${where} may be absent now`);
    }
  }
  if (old['items'] && now['items']) {
    found.push(...answerChanges(old['items'], now['items'], { ...context, where: `${context.where}[]` }));
  }
  return found;
}

/** @param {Json} schema @param {Json} document @returns {Json} */
function resolved(schema, document) {
  const { $ref } = schema;
  return $ref === undefined ? schema : document['components'].schemas[String($ref).split('/').at(-1) ?? ''];
}

/** @param {Json} schema @returns {string[]} */
function typesOf({ type }) {
  return type === undefined ? [] : [type].flat();
}

/** @param {Json} operation @returns {Map<string, Json>} */
function parametersOf({ parameters = [] }) {
  return new Map(
    parameters.map((/** @type {Json} */ parameter) => [`${parameter['in']} ${parameter['name']}`, parameter]),
  );
}

/** @param {Json} operation @returns {Json | undefined} */
function bodyOf({ requestBody }) {
  return requestBody?.content['application/json']?.schema;
}
