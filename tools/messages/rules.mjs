// What only the built classes of libs/contracts know: the rules that class-validator checks.
import { getMetadataStorage, ValidationTypes } from 'class-validator';

const storage = getMetadataStorage();

/** @typedef {ReturnType<typeof storage.getTargetValidationMetadatas>[number]} ValidationMetadata */

/**
 * The rules of a message class as sentences without their subject, by field: `must be a UUID`.
 *
 * @param {Function | undefined} messageClass
 * @returns {Map<string, string[]>}
 */
export function rulesOf(messageClass) {
  /** @type {Map<string, string[]>} */
  const rules = new Map();
  if (messageClass === undefined) return rules;
  for (const metadata of storage.getTargetValidationMetadatas(messageClass, '', true, false)) {
    const sentence = sentenceOf(metadata);
    if (sentence === undefined) continue;
    // Decorators apply from the bottom up; people read from the top down.
    rules.set(metadata.propertyName, [sentence, ...(rules.get(metadata.propertyName) ?? [])]);
  }
  return rules;
}

/**
 * @param {ValidationMetadata} metadata
 * @returns {string | undefined} nothing for a condition (`may be absent`): the type says that
 */
function sentenceOf(metadata) {
  if (metadata.type !== ValidationTypes.CUSTOM_VALIDATION) return undefined;
  const [rule] = storage.getTargetValidatorConstraints(metadata.constraintCls);
  const own = typeof metadata.message === 'string' ? metadata.message : undefined;
  const template = own ?? rule?.instance.defaultMessage?.(forMessage(metadata)) ?? String(metadata.name);
  const sentence = template
    .replace(/^(each value in )?\$property('s)? /, '')
    .replace("All $property's elements", 'all elements')
    .replaceAll(/\$constraint(\d)/g, (_, number) => String(metadata.constraints[number - 1]));
  return metadata.each ? `each ${sentence}` : sentence;
}

/** The messages of class-validator look at nothing else. @param {ValidationMetadata} metadata */
function forMessage({ constraints, propertyName: property, each }) {
  return { constraints, property, each, value: undefined, object: {}, targetName: '' };
}
