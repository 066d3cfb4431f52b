import { event } from '../contract.js';
import { UsageBatch } from './usage-batch.js';

/** Deleted or expired keys were presented and refused: whoever still calls with them is seen by the admin. */
export class ApiKeysRefused extends UsageBatch {}

export const apiKeysRefused = event('evt.api-keys.v1.refused', ApiKeysRefused);
