// docs/messages.md as text.
import { rulesOf } from './rules.mjs';

/** Who answers the requests of a domain. */
const ANSWERED_BY = {
  'api-keys': 'key-management',
  audit: 'key-management',
  projects: 'key-management',
  usage: 'usage-tracking',
  verification: 'verification',
};
/** Who publishes the events of a domain. All of them are consumed by usage-tracking. */
const PUBLISHED_BY = { 'api-keys': 'gateway', publishers: 'gateway' };

/** @typedef {import('./contract-source.mjs').ContractSource} ContractSource */
/** @typedef {import('./contract-source.mjs').Field} Field */
/** @typedef {{ name: string, kind: 'request' | 'event', subject: string, classes: Record<string, Function> }} Message */

/**
 * @param {ContractSource} source
 * @param {Message[]} messages
 * @param {Map<string, Function>} classes  all that are exported, by name
 */
export function renderMessages(source, messages, classes) {
  const ordered = [...messages].sort((a, b) => (a.subject < b.subject ? -1 : 1));
  const sent = new Set(ordered.flatMap((message) => Object.values(message.classes).map(({ name }) => name)));
  const shapes = shapesWithin(source, sent);
  return [
    '# Messages',
    'Generated from `libs/contracts` by `npm run generate`; do not edit.',
    'A request is answered once, by one replica of its service. An event is delivered at least once, from the JetStream stream `EVENTS`. A message that belongs to one request of a caller carries the headers `x-request-id` and `traceparent`; one that serves many, like a batch of verifications or of uses, does not. Requests and their answers travel in Nest’s format, `{ id, pattern, data }` and `{ id, response }` or `{ id, err: { code, detail, fieldErrors } }`; events are the bare JSON object. Fields that are not listed are refused.',
    overview(ordered),
    ...ordered.map((message) => renderMessage(source, message)),
    '## Shapes',
    ...[...shapes].sort().map((name) => renderClass(source, name, classes.get(name), `### ${name}`)),
  ]
    .join('\n\n')
    .concat('\n');
}

/** @param {Message[]} messages */
function overview(messages) {
  const rows = messages.map((message) => {
    const { from, to } = parties(message);
    return `| [\`${message.subject}\`](#${anchor(message.subject)}) | ${message.kind} | ${from} | ${to} |`;
  });
  return ['| subject | kind | from | to |', '|---|---|---|---|', ...rows].join('\n');
}

/** @param {Message} message */
function parties({ kind, subject }) {
  const domain = subject.split('.')[1] ?? '';
  const owners = kind === 'request' ? ANSWERED_BY : PUBLISHED_BY;
  if (!(domain in owners))
    throw new Error(`Nobody owns ${subject}: tools/messages/render.mjs does not know "${domain}"`);
  const owner = owners[/** @type {keyof typeof owners} */ (domain)];
  return kind === 'request' ? { from: 'gateway', to: owner } : { from: owner, to: 'usage-tracking' };
}

/** @param {ContractSource} source @param {Message} message */
function renderMessage(source, message) {
  const { from, to } = parties(message);
  const arrow = message.kind === 'request' ? `${from} asks ${to}` : `${from} tells ${to}`;
  const parts = Object.entries(message.classes).map(([role, messageClass]) =>
    renderClass(source, messageClass.name, messageClass, `**${role}** \`${messageClass.name}\``),
  );
  return [
    `## ${message.subject}`,
    `${arrow}. \`${message.name}\` in [${source.fileOf(message.name)}](../${source.fileOf(message.name)}).`,
    source.commentOf(message.name),
    ...parts,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** @param {ContractSource} source @param {string} name @param {Function | undefined} messageClass @param {string} title */
function renderClass(source, name, messageClass, title) {
  const parts = [title, source.commentOf(name), renderFields(source.fieldsOf(name), rulesOf(messageClass))];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Answers have no rules: whoever asks trusts whoever answers. @param {Field[]} fields @param {Map<string, string[]>} rules */
function renderFields(fields, rules) {
  if (fields.length === 0) return 'No fields.';
  const columns = rules.size > 0 ? ['field', 'type', 'rules', 'meaning'] : ['field', 'type', 'meaning'];
  const rows = fields.map(({ name, optional, type, classes, comment }) => {
    const [linked] = classes;
    const typeText = linked ? `[\`${cell(type)}\`](#${anchor(linked)})` : `\`${cell(type)}\``;
    const cells = [`\`${name}\`${optional ? ' (may be absent)' : ''}`, typeText];
    if (rules.size > 0) cells.push(cell((rules.get(name) ?? []).join('; ')));
    return [...cells, cell(comment)];
  });
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The classes that are parts of messages. @param {ContractSource} source @param {Set<string>} sent */
function shapesWithin(source, sent) {
  /** @type {Set<string>} */
  const shapes = new Set();
  const open = [...sent];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const part of source.fieldsOf(name).flatMap((field) => field.classes)) {
      if (!shapes.has(part)) open.push(part);
      shapes.add(part);
    }
  }
  return shapes;
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** As GitHub makes it of a heading. @param {string} heading */
function anchor(heading) {
  return heading.toLowerCase().replaceAll('.', '');
}
