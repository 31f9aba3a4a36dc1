/** Dates of FHIR: whole or partial, with a zone or without. Without one they are those of China. */
import { dateText, dateTimeText } from '@/kit/time';
import type { Period } from './resource';

const CHINA = '+08:00';
const PARTIAL = /^\d{4}(-\d{2}){0,2}$/;
const ZONED = /(Z|[+-]\d{2}:\d{2})$/;

/** The first moment of a date, for sorting; `null` where there is none that can be read. */
export function millisOf(text: string | undefined): number | null {
  if (!text) return null;
  const whole = PARTIAL.test(text)
    ? `${`${text}-01-01`.slice(0, 10)}T00:00:00${CHINA}`
    : ZONED.test(text)
      ? text
      : `${text}${CHINA}`;
  const millis = Date.parse(whole);
  return Number.isNaN(millis) ? null : millis;
}

/** As exact as it was told: `2026`, `2026-11`, `2026-11-22`, `2026-11-22 14:05`. */
export function momentText(text: string | undefined): string {
  if (!text) return '';
  if (PARTIAL.test(text)) return text;
  const millis = millisOf(text);
  return millis === null ? text : dateTimeText(millis);
}

/** The day it belongs to, or as much of it as was told. */
export function dayText(text: string | undefined): string {
  if (!text) return '';
  if (PARTIAL.test(text)) return text;
  const millis = millisOf(text);
  return millis === null ? text.slice(0, 10) : dateText(millis);
}

/** The time within its day; empty where only a date was told. */
export function clockText(text: string | undefined): string {
  if (!text || PARTIAL.test(text)) return '';
  return momentText(text).slice(11);
}

export function periodText(period: Period | undefined): string {
  if (!period) return '';
  const [start, end] = [momentText(period.start), momentText(period.end)];
  if (start && end && start.slice(0, 10) === end.slice(0, 10)) {
    return `${start} – ${end.slice(11) || end}`;
  }
  return [start, end].filter(Boolean).join(' – ');
}
