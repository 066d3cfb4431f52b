import { event } from '../contract.js';
import { UsageBatch } from './usage-batch.js';

/** Keys were used: `api.md` says what a use is. */
export class ApiKeysUsed extends UsageBatch {}

export const apiKeysUsed = event('evt.api-keys.v1.used', ApiKeysUsed);
