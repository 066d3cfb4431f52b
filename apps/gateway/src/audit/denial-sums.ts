import type { RecordAuditEventRequest } from '#contracts';
import { v7 as uuidv7 } from 'uuid';

/** Somebody was not let in, or not to what they asked for. */
export interface Denial {
  actor: string;
  sourceAddress: string | null;
  /** The project that was asked for. */
  projectId?: string | null;
  /** Why, and what they wanted: `forbidden: DELETE /v1/projects/:projectId`. From a small set, as each has a sum of its own. */
  detail: string;
}

/** How long denials of one kind are summed up after the first. */
export const DENIAL_WINDOW_MS = 60_000;

interface Window {
  denial: Denial;
  openedAtMs: number;
  /** Since the first one, which is an event of its own. */
  more: number;
}

/** What stands for the kinds that are too many. */
const OTHERS: Denial = {
  actor: 'anonymous',
  sourceAddress: null,
  detail: 'of too many different kinds to tell them apart',
};

/**
 * Keeps a flood of denials from becoming a flood of events: the first of a kind is an event at once, those that follow
 * within a minute are one more event at its end, and when there are too many kinds, all further ones are one kind.
 */
export class DenialSums {
  private readonly windows = new Map<string, Window>();

  /** @param maxKinds that are told apart at a time */
  constructor(private readonly maxKinds: number) {}

  /** @returns the event to record now, if this is the first of its kind */
  add(denial: Denial, now: Date): RecordAuditEventRequest | undefined {
    const known = this.windows.get(kindOf(denial));
    const isOneTooMany = known === undefined && this.windows.size >= this.maxKinds;
    const counted = isOneTooMany ? OTHERS : denial;
    const window = isOneTooMany ? this.windows.get(kindOf(OTHERS)) : known;
    if (window !== undefined) {
      window.more++;
      return undefined;
    }
    this.windows.set(kindOf(counted), { denial: counted, openedAtMs: now.getTime(), more: 0 });
    return eventOf(counted, now, 1);
  }

  /** @returns the sums of what has come after the first, for those whose minute is over by `now` */
  takeOver(now: Date): RecordAuditEventRequest[] {
    return this.take(now, ({ openedAtMs }) => now.getTime() - openedAtMs >= DENIAL_WINDOW_MS);
  }

  /** The same for all of them: there is no later. */
  takeAll(now: Date): RecordAuditEventRequest[] {
    return this.take(now, () => true);
  }

  private take(now: Date, isOver: (window: Window) => boolean): RecordAuditEventRequest[] {
    const events: RecordAuditEventRequest[] = [];
    for (const [kind, window] of this.windows) {
      if (!isOver(window)) continue;
      this.windows.delete(kind);
      if (window.more > 0) events.push(eventOf(window.denial, now, window.more));
    }
    return events;
  }
}

function kindOf({ actor, sourceAddress, projectId, detail }: Denial): string {
  return JSON.stringify([actor, sourceAddress, projectId ?? null, detail]);
}

function eventOf(denial: Denial, at: Date, count: number): RecordAuditEventRequest {
  return { eventId: uuidv7(), occurredAt: at.toISOString(), action: 'access.denied', ...denial, count };
}
