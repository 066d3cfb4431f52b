import { Controller, Logger, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DomainError } from '#contracts';
import { requestContext, type RequestContext } from '#observability';
import { Handles } from '../src/index.js';
import { echo, type EchoRequest, type EchoResponse } from './echo.js';

/** A replica that answers {@link echo}, and what a test may know and decide about it. */
export class EchoReplica {
  readonly received: EchoRequest[] = [];
  readonly contexts: (RequestContext | undefined)[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(readonly name: string) {}

  /** Lets every handler go on whose mood is to wait. */
  release(): void {
    for (const goOn of this.waiting.splice(0)) goOn();
  }

  /** The message class is imported as a type only, here and above: validation must not depend on that. */
  async answer(request: EchoRequest): Promise<EchoResponse> {
    this.received.push(request);
    this.contexts.push(requestContext.getStore());
    const answer = { text: request.text, replica: this.name };
    switch (request.mood) {
      case 'domain-error':
        throw new DomainError('API_KEY_NOT_FOUND', 'It is not there.', [
          { pointer: '/text', message: 'is gone' },
        ]);
      case 'plain-error':
        throw new Error('hunter2 at 10.0.0.1');
      case 'nothing':
        return undefined as unknown as EchoResponse;
      case 'too-large':
        return { ...answer, text: 'x'.repeat(2_000_000) };
      case 'wait':
        await new Promise<void>((resolve) => this.waiting.push(resolve));
        return answer;
      default:
        return answer;
    }
  }
}

export function echoController(replica: EchoReplica): Type<unknown> {
  @Controller()
  class EchoController {
    private readonly logger = new Logger('Echo');

    @Handles(echo)
    echo(@Payload() request: EchoRequest): Promise<EchoResponse> {
      this.logger.log('Echoing');
      return replica.answer(request);
    }
  }
  return EchoController;
}
