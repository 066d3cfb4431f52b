import { Matches } from 'class-validator';

export const IsUsageBatchId = (): PropertyDecorator =>
  Matches(/^[0-9a-f-]{36}:\d{1,16}$/, { message: '$property must be <publisherId>:<batchNumber>' });

export function usageBatchId(publisherId: string, batchNumber: number): string {
  return `${publisherId}:${String(batchNumber)}`;
}
