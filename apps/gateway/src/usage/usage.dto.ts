import { MayBeAbsent } from '#contracts';
import { IsMoment } from '../http/moment.js';

/** `?from&to` */
export class UsageQuery {
  /** This moment and later; the day that it lies in is shown as a whole. Absent: 90 days, the last one included. */
  @MayBeAbsent()
  @IsMoment()
  from?: string;

  /** Before this moment. Absent, or in the future: now. */
  @MayBeAbsent()
  @IsMoment()
  to?: string;
}
