import { Matches } from 'class-validator';

/** `<publisherId>:<batchNumber>`: one gateway process, from its start to its end; 1, 2, 3 … for each of them. */
export interface UsageBatchId {
  /** A UUID. */
  publisherId: string;
  batchNumber: number;
}

const BATCH_ID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):([1-9]\d{0,14})$/;

export const IsUsageBatchId = (): PropertyDecorator =>
  Matches(BATCH_ID, { message: '$property must be <publisherId>:<batchNumber>' });

export function formatUsageBatchId({ publisherId, batchNumber }: UsageBatchId): string {
  return `${publisherId}:${String(batchNumber)}`;
}

/** @throws TypeError when `text` would not pass {@link IsUsageBatchId}. */
export function parseUsageBatchId(text: string): UsageBatchId {
  const [, publisherId, batchNumber] = BATCH_ID.exec(text) ?? [];
  if (publisherId === undefined || batchNumber === undefined) {
    throw new TypeError('not a usage batch id');
  }
  return { publisherId, batchNumber: Number(batchNumber) };
}
