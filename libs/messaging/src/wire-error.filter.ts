import { Catch, Logger, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { DomainError } from '#contracts';
import { toWireError } from './wire-error.js';

/**
 * What a handler throws becomes a {@link WireError}. Expected failures are answers and are not logged; everything
 * else is a defect, in full in the log and as `INTERNAL` outside.
 */
@Catch()
export class WireErrorFilter implements RpcExceptionFilter {
  private readonly logger = new Logger('Handlers');

  catch(error: unknown): Observable<never> {
    if (!(error instanceof DomainError)) {
      this.logger.error('A handler failed', error instanceof Error ? error : new Error(String(error)));
    }
    return throwError(() => toWireError(error));
  }
}
