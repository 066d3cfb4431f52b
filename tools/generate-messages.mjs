// Writes docs/messages.md from libs/contracts, which has to be built: rules come from the classes, types and
// comments from their source. With --check it writes nothing and fails when the file is not current.
import { readFileSync, writeFileSync } from 'node:fs';
import { ContractSource } from './messages/contract-source.mjs';
import { renderMessages } from './messages/render.mjs';

const file = new URL('../docs/messages.md', import.meta.url);
/**
 * Typed as their source: TypeScript would otherwise check what has been built, or miss what has not.
 *
 * @type {typeof import('#contracts')}
 */
const contracts = await import(new URL('../dist/libs/contracts/src/index.js', import.meta.url).href);

/** @type {import('./messages/render.mjs').Message[]} */
const messages = [];
/** @type {Map<string, Function>} */
const classes = new Map();
for (const [name, value] of Object.entries(contracts)) {
  if (typeof value === 'function') classes.set(name, value);
  if (typeof value !== 'object' || !('subject' in value)) continue;
  const { kind, subject } = value;
  const parts =
    'Event' in value ? { Event: value.Event } : { Request: value.Request, Answer: value.Response };
  messages.push({ name, kind, subject, classes: parts });
}
const text = renderMessages(new ContractSource(), messages, classes);

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/messages.md is not current: npm run build && npm run generate');
  process.exitCode = 1;
}
