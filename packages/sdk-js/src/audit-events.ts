import type { CallOptions } from './call.js';
import type { Management } from './management.js';
import type { Paged } from './paged.js';
import type { AuditEvent, AuditFilters } from './types.js';

/** Who did what, when, from where. Every call needs the admin token. */
export class AuditEvents {
  readonly #management: Management;

  constructor(management: Management) {
    this.#management = management;
  }

  /** The latest first. */
  list(filters: AuditFilters = {}, options: CallOptions = {}): Paged<AuditEvent> {
    return this.#management.list('/v1/audit-events', { ...filters }, options);
  }
}
