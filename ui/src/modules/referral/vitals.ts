/** Vital signs: how they are typed, stored and shown. Stored as whole numbers, typed as doctors do. */
import { t } from '@/i18n';
import type { VitalName, VitalRange, VitalSigns } from './types';

export interface VitalField {
  name: VitalName;
  /** Stored values are this many times the typed ones. */
  scale: 1 | 10;
  unit: string;
}

/** In the order a doctor measures. */
export const VITALS: readonly VitalField[] = [
  { name: 'systolic_mmhg', scale: 1, unit: 'mmHg' },
  { name: 'diastolic_mmhg', scale: 1, unit: 'mmHg' },
  { name: 'pulse_bpm', scale: 1, unit: 'bpm' },
  { name: 'respiration_per_minute', scale: 1, unit: '/min' },
  { name: 'temperature_tenths_celsius', scale: 10, unit: '℃' },
  { name: 'oxygen_saturation_percent', scale: 1, unit: '%' },
  { name: 'glucose_tenths_mmol_l', scale: 10, unit: 'mmol/L' },
  { name: 'weight_tenths_kg', scale: 10, unit: 'kg' },
  { name: 'pain_score', scale: 1, unit: '' },
  { name: 'coma_score', scale: 1, unit: '' },
];

export function vitalLabel(name: VitalName): string {
  return t(`referral.vital.${name}`);
}

/** The unit as it is read: beats and breaths have a word of their own in each language. */
export function unitText({ unit }: VitalField): string {
  if (unit === 'bpm') return t('referral.unit.beats');
  return unit === '/min' ? t('referral.unit.breaths') : unit;
}

/** A stored value as it is read aloud. */
export function shownValue(field: VitalField, stored: number): string {
  return field.scale === 1 ? String(stored) : (stored / field.scale).toFixed(1);
}

/** Outside the usual range, as far as the rule knows one. */
export function isUnusual(range: VitalRange | undefined, stored: number): boolean {
  return range !== undefined && (stored < range.usual_min || stored > range.usual_max);
}

export interface ShownVital {
  name: string;
  label: string;
  text: string;
  unusual: boolean;
}

/** What was measured, pressure as one value. */
export function shownVitals(
  signs: VitalSigns,
  ranges: Record<string, VitalRange> = {},
): ShownVital[] {
  const shown: ShownVital[] = [];
  const { systolic_mmhg: high, diastolic_mmhg: low } = signs;
  if (isNumber(high) || isNumber(low)) {
    const unusual = [
      isNumber(high) && isUnusual(ranges.systolic_mmhg, high),
      isNumber(low) && isUnusual(ranges.diastolic_mmhg, low),
    ].some(Boolean);
    const text = `${high ?? '–'}/${low ?? '–'} mmHg`;
    shown.push({ name: 'pressure', label: t('referral.vital.pressure'), text, unusual });
  }
  for (const field of VITALS.slice(2)) {
    const value = signs[field.name];
    if (!isNumber(value)) continue;
    shown.push({
      name: field.name,
      label: vitalLabel(field.name),
      text: `${shownValue(field, value)} ${unitText(field)}`.trim(),
      unusual: isUnusual(ranges[field.name], value),
    });
  }
  return shown;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}
