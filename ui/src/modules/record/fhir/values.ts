/** What observations say: values with units, reference ranges and whether a value lies outside. */
import { t } from '@/i18n';
import type { Tone } from '@/kit/tokens';
import { listed } from '@/kit/words';
import type { Concept, Measured, Observation, Quantity, ReferenceRange } from './resource';
import { momentText, periodText } from './times';

/** How a value stands to what is usual. */
export type Flag = 'critical-high' | 'critical-low' | 'high' | 'low' | 'abnormal';

const FLAG_OF_CODE: Record<string, Flag> = {
  HH: 'critical-high',
  HU: 'critical-high',
  LL: 'critical-low',
  LU: 'critical-low',
  AA: 'critical-high',
  H: 'high',
  '>': 'high',
  L: 'low',
  '<': 'low',
  A: 'abnormal',
  POS: 'abnormal',
  R: 'abnormal',
};

/** Codes that say that a value is as it should be. */
const USUAL_CODES = new Set(['N', 'NEG', 'S', 'NR', 'ND']);

export const FLAG_SIGN: Record<Flag, string> = {
  'critical-high': '↑↑',
  'critical-low': '↓↓',
  high: '↑',
  low: '↓',
  abnormal: '!',
};

export function flagTone(flag: Flag): Tone {
  return flag.startsWith('critical') ? 'emergency' : 'overdue';
}

export function flagText(flag: Flag): string {
  return t(`record.chart.flag.${flag}`);
}

/** The words of a concept: as written, else as coded. */
export function conceptText(concept: Concept | undefined): string {
  if (!concept) return '';
  const coded = concept.coding?.find((one) => one.display) ?? concept.coding?.[0];
  return concept.text || coded?.display || coded?.code || '';
}

export function conceptsText(concepts: Concept[] | undefined): string {
  return listed((concepts ?? []).map(conceptText).filter(Boolean));
}

export function codeOf(concept: Concept | undefined, system: string): string | undefined {
  return concept?.coding?.find((one) => one.system === system)?.code;
}

export function unitText(quantity: Quantity | undefined): string {
  return quantity?.unit || quantity?.code || '';
}

export function figureText(quantity: Quantity | undefined): string {
  if (quantity?.value === undefined) return '';
  return `${quantity.comparator ?? ''}${quantity.valueText ?? quantity.value}`;
}

export function quantityText(quantity: Quantity | undefined): string {
  return [figureText(quantity), unitText(quantity)].filter(Boolean).join(' ');
}

/** The value in words; what is missing says why, as far as it was told. */
export function measuredText(measured: Measured): string {
  const { valueQuantity, valueRange, valueRatio } = measured;
  if (valueQuantity) return quantityText(valueQuantity);
  if (measured.valueCodeableConcept) return conceptText(measured.valueCodeableConcept);
  if (measured.valueString !== undefined) return measured.valueString;
  if (measured.valueBoolean !== undefined) {
    return t(measured.valueBoolean ? 'record.chart.yes' : 'record.chart.no');
  }
  if (measured.valueInteger !== undefined) return String(measured.valueInteger);
  if (valueRange) {
    return `${figureText(valueRange.low)}–${quantityText(valueRange.high) || unitText(valueRange.low)}`;
  }
  if (valueRatio) {
    return `${quantityText(valueRatio.numerator)} : ${quantityText(valueRatio.denominator)}`;
  }
  if (measured.valueDateTime) return momentText(measured.valueDateTime);
  if (measured.valueTime) return measured.valueTime;
  if (measured.valuePeriod) return periodText(measured.valuePeriod);
  if (measured.valueSampledData) return t('record.chart.curve');
  if (measured.dataAbsentReason) {
    return t('record.chart.no-value', { reason: conceptText(measured.dataAbsentReason) });
  }
  return '';
}

/** An observation in a line: its value, or its parts one after another. */
export function observationText(observation: Observation): string {
  const parts = observation.component ?? [];
  const own = measuredText(observation);
  if (parts.length === 0) return own;
  const units = new Set(parts.map((part) => unitText(part.valueQuantity)));
  const [unit] = units;
  const told = parts.map((part) => {
    const value = units.size === 1 ? figureText(part.valueQuantity) : measuredText(part);
    return `${conceptText(part.code)} ${value || measuredText(part)}`;
  });
  return [own, listed(told), units.size === 1 ? unit : ''].filter(Boolean).join(' ');
}

/** When it was true of the patient; when it was issued, where that is all there is. */
export function observedAt(observation: Observation): string | undefined {
  return (
    observation.effectiveDateTime ??
    observation.effectivePeriod?.start ??
    observation.effectivePeriod?.end ??
    observation.effectiveInstant ??
    observation.issued
  );
}

/** The one range that a value is held against; several for ages or states are not chosen among. */
export function rangeOf(measured: Measured): ReferenceRange | undefined {
  const ranges = measured.referenceRange ?? [];
  if (ranges.length === 1) return ranges[0];
  const usual = ranges.filter(
    (range) => !range.appliesTo?.length && !range.age && codesOf(range.type).includes('normal'),
  );
  return usual.length === 1 ? usual[0] : undefined;
}

export function rangeText(range: ReferenceRange | undefined): string {
  if (!range) return '';
  const [low, high] = [figureText(range.low), figureText(range.high)];
  if (low && high) return `${low}–${high}`;
  if (low) return `≥ ${low}`;
  if (high) return `≤ ${high}`;
  return range.text ?? '';
}

/**
 * Whether a value lies outside what is usual: as the laboratory says, else by the range beside it.
 * Nothing is compared over different units or with a range that is not this value's own.
 */
export function flagOf(measured: Measured): Flag | undefined {
  const codes = (measured.interpretation ?? []).flatMap(codesOf);
  const told = codes.map((code) => FLAG_OF_CODE[code]).find(Boolean);
  if (told) return told;
  if (codes.some((code) => USUAL_CODES.has(code))) return undefined;
  const { valueQuantity: quantity } = measured;
  const range = rangeOf(measured);
  if (quantity?.value === undefined || quantity.comparator || !range) return undefined;
  const { low, high } = range;
  if (low?.value !== undefined && sameUnit(low, quantity) && quantity.value < low.value) {
    return 'low';
  }
  if (high?.value !== undefined && sameUnit(high, quantity) && quantity.value > high.value) {
    return 'high';
  }
  return undefined;
}

/** The worst of an observation and its parts. */
export function worstFlag(observation: Observation): Flag | undefined {
  const flags = [observation, ...(observation.component ?? [])].map(flagOf).filter(Boolean);
  return flags.find((flag) => flag?.startsWith('critical')) ?? flags[0];
}

function codesOf(concept: Concept | undefined): string[] {
  return (concept?.coding ?? []).map((one) => one.code ?? '').filter(Boolean);
}

/** A bound without a unit is in that of the value beside it. */
function sameUnit(bound: Quantity, value: Quantity): boolean {
  const unit = bound.code ?? bound.unit;
  return unit === undefined || unit === value.code || unit === value.unit;
}
