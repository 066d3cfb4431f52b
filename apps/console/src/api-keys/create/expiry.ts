import { DAY_MS } from '../../ui/time-text.js';

export const PRESETS = [
  { value: 'never', label: 'Never', days: null },
  { value: '7', label: '7 days', days: 7 },
  { value: '30', label: '30 days', days: 30 },
  { value: '90', label: '90 days', days: 90 },
  { value: '365', label: '1 year', days: 365 },
  { value: 'custom', label: 'Custom', days: null },
] as const;

export type Preset = (typeof PRESETS)[number]['value'];

export interface ExpiryChoice {
  preset: Preset;
  /** `2026-12-24`, when it is a custom one; what a date field gives. */
  day: string;
}

export type Expiry = { isValid: true; at: Date | null } | { isValid: false; reason: string };

/** As the gateway has it. */
const MAX_YEARS = 10;

/** @returns the moment that is meant; a chosen day lasts to its end, where the reader is. */
export function expiryOf({ preset, day }: ExpiryChoice, now: Date): Expiry {
  if (preset === 'never') return { isValid: true, at: null };
  if (preset !== 'custom') return { isValid: true, at: new Date(now.getTime() + Number(preset) * DAY_MS) };
  const at = endOfDay(day);
  if (at === null) return { isValid: false, reason: 'Choose a date.' };
  if (at <= now) return { isValid: false, reason: 'This date is in the past.' };
  const latest = new Date(now);
  latest.setFullYear(latest.getFullYear() + MAX_YEARS);
  if (at > latest) return { isValid: false, reason: `At most ${String(MAX_YEARS)} years from now.` };
  return { isValid: true, at };
}

function endOfDay(day: string): Date | null {
  const [, year, month, date] = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return null;
  const at = new Date(Number(year), Number(month) - 1, Number(date), 23, 59, 59, 999);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Today, for the `min` of a date field: in the reader's zone, as the field is. */
export function today(now: Date): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${String(now.getFullYear())}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}
