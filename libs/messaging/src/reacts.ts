import { applyDecorators, Catch, type RpcExceptionFilter, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { EventContract, EventMessage } from '#contracts';
import type { EventBatch } from './jetstream.event-batch.js';

/** Keeps Nest from giving reactions to the server of requests, and the other way round. */
export const JETSTREAM = Symbol('JetStream');

type ReactionDecorator<E extends EventMessage> = (
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<(batch: EventBatch<E>) => Promise<void>>,
) => void;

/**
 * Hands the events of these contracts to a method, as many as were fetched at once: they are acknowledged when its
 * promise resolves and come again, all of them, when it rejects.
 *
 * ```ts
 * @Reacts(apiKeysUsed, apiKeysRefused)
 * record(@Payload() batch: EventBatch<ApiKeysUsed | ApiKeysRefused>): Promise<void> { … }
 * ```
 *
 * @throws TypeError when the subjects differ in more than their last word: one consumer has one filter.
 */
export function Reacts<Contracts extends [EventContract<EventMessage>, ...EventContract<EventMessage>[]]>(
  ...contracts: Contracts
): ReactionDecorator<InstanceType<Contracts[number]['Event']>> {
  const filter = subjectFilter(contracts.map(({ subject }) => subject));
  return applyDecorators(
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-arguments -- inferred, it does not fit applyDecorators
    EventPattern<string>(filter, JETSTREAM, { contracts }),
    UseFilters(new RethrowFilter()),
  );
}

function subjectFilter(subjects: readonly string[]): string {
  const [first = '', ...others] = subjects;
  if (others.length === 0) return first;
  const filter = `${first.slice(0, first.lastIndexOf('.'))}.*`;
  if (others.some((subject) => `${subject.slice(0, subject.lastIndexOf('.'))}.*` !== filter)) {
    throw new TypeError(`One reaction cannot be to ${subjects.join(' and ')}`);
  }
  return filter;
}

/** Without it Nest makes a bare "Internal server error" of what the reaction throws. */
@Catch()
class RethrowFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
