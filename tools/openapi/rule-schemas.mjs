// What only the built classes know: the rules that class-validator checks, as JSON Schema.
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { orNull } from './unions.mjs';

const storage = getMetadataStorage();

/** @typedef {import('./type-schemas.mjs').Schema} Schema */
/** @typedef {ReturnType<typeof storage.getTargetValidationMetadatas>[number]} Rule */

/**
 * Each rule by the name that class-validator gives it. An empty one cannot be said in JSON Schema, or the type says it.
 *
 * @type {Record<string, (constraints: unknown[]) => Schema>}
 */
const SCHEMA_OF_RULE = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isArray: () => ({ type: 'array' }),
  // Which object, its type says.
  isObject: () => ({}),
  isDefined: () => ({}),
  isNotEmpty: () => ({ minLength: 1 }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  isLength: ([minLength, maxLength]) => ({ minLength, maxLength }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isIn: ([values]) => ({ enum: values }),
  isEnum: ([, values]) => ({ enum: values }),
  isId: () => ({ format: 'uuid' }),
  isRFC3339: () => ({ format: 'date-time' }),
  isInstant: () => ({ format: 'date-time' }),
  isMoment: () => ({ format: 'date-time' }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
  matches: ([pattern]) => ({ pattern: sourceOf(pattern) }),
  isExpiry: () => ({}),
  holdsNoKey: () => ({}),
  nestedValidation: () => ({}),
};

/**
 * A class of input as JSON Schema: rules and types together. Fails where they contradict each other, for a field without
 * rules, and for a rule that it does not know.
 *
 * @param {new () => object} InputClass
 * @param {import('./type-schemas.mjs').Field[]} fields what the source says of them
 */
export function inputFields(InputClass, fields) {
  return fields.map((field) => inputField(InputClass, field));
}

/** The classes of the parts of an input, which are validated as it is. @param {new () => object} InputClass @returns {(new () => object)[]} */
export function partsOf(InputClass) {
  return storage
    .getTargetValidationMetadatas(InputClass, '', true, false)
    .filter(({ type }) => type === ValidationTypes.NESTED_VALIDATION)
    .map(({ propertyName }) => Reflect.getMetadata('design:type', InputClass.prototype, propertyName));
}

/** @param {new () => object} InputClass @param {import('./type-schemas.mjs').Field} field */
function inputField(InputClass, { name, optional, schema }) {
  const where = `${InputClass.name}.${name}`;
  const rules = storage
    .getTargetValidationMetadatas(InputClass, '', true, false)
    .filter(({ propertyName }) => propertyName === name);
  if (rules.length === 0) throw new Error(`${where} has no rules: whatever is sent would be refused`);
  const conditions = rules.filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
  const isSkipped = (/** @type {unknown} */ value) =>
    conditions.some(({ constraints: [applies] }) => !applies({ [name]: value }, value));
  const standard = Reflect.get(new InputClass(), name);
  const mayBeAbsent = isSkipped(undefined);
  if (mayBeAbsent !== optional)
    throw new Error(`${where}: its rules and its type differ in whether it may be absent`);

  const isNullable = isSkipped(null);
  const { type: declared, ...described } = schema;
  const typeAllowsNull = Array.isArray(declared) && declared.includes('null');
  // `IsOptional` lets null pass where it stands for nothing.
  if (typeAllowsNull !== isNullable)
    throw new Error(`${where}: its rules and its type differ in whether it may be null`);
  const type = Array.isArray(declared) ? declared[0] : declared;
  /** @type {Schema} */
  const merged = { ...(type === undefined ? {} : { type }), ...described };
  for (const rule of rules) {
    if (!conditions.includes(rule)) add(merged, rule, where);
  }
  if (standard !== undefined) merged['default'] = standard;
  return {
    name,
    required: !mayBeAbsent && standard === undefined,
    schema: isNullable ? orNull(merged) : merged,
  };
}

/** @param {Schema} schema @param {Rule} rule @param {string} where */
function add(schema, rule, where) {
  const name = rule.name ?? rule.type;
  const translate = SCHEMA_OF_RULE[name];
  if (translate === undefined)
    throw new Error(`${where}: tools/openapi/rule-schemas.mjs does not know the rule ${name}`);
  const said = translate(rule.constraints);
  const target = rule.each ? /** @type {Schema} */ (schema['items']) : schema;
  for (const [keyword, value] of Object.entries(said)) {
    if (
      keyword === 'type' &&
      target['type'] !== value &&
      !(target['type'] === 'number' && value === 'integer')
    ) {
      throw new Error(
        `${where}: its rules and its type differ: ${String(value)} and ${String(target['type'])}`,
      );
    }
    target[keyword] = keyword === 'minLength' ? Math.max(Number(target[keyword] ?? 0), Number(value)) : value;
  }
}

/** @param {unknown} pattern */
function sourceOf(pattern) {
  if (!(pattern instanceof RegExp)) throw new Error('Only a regular expression can be said in JSON Schema');
  const { source, flags } = pattern;
  if (/[^u]/.test(flags))
    throw new Error(`/${source}/${flags} cannot be said in JSON Schema, which has no flags`);
  return source;
}
