import { IsIn } from 'class-validator';
import { event } from '../contract.js';
import { UsageBatch } from './usage-batch.js';

export const REFUSAL_REASONS = ['deleted', 'expired'] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Deleted or expired keys were presented and refused: whoever still calls with them is seen by the admin. */
export class ApiKeysRefused extends UsageBatch {
  /** Of all keys in this batch. */
  @IsIn(REFUSAL_REASONS)
  reason!: RefusalReason;
}

export const apiKeysRefused = event('evt.api-keys.v1.refused', ApiKeysRefused);
