import { forwardAuthOperations } from '../forward-auth/forward-auth.operations.js';
import type { PlainOperation } from './operation.decorator.js';

/** Every route that is no method of a controller. */
export const PLAIN_OPERATIONS: readonly PlainOperation[] = forwardAuthOperations();
