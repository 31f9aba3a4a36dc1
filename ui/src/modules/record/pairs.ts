/** Pairs that may be one person, as people read them. */
import { hasText, t, textOr } from '@/i18n';
import type { Tone } from '@/kit/tokens';
import { listed, pair } from '@/kit/words';
import type {
  MatchField,
  MatchReviewSide,
  MatchReviewState,
  PatientBrief,
  PatientMerge,
  QualityRow,
} from './types';

/** How two values stand to each other; `masked`: what may be seen of them is the same. */
export type Mark = 'same' | 'different' | 'one-sided' | 'masked';

export interface ComparedRow {
  key: string;
  label: string;
  low: string;
  high: string;
  mark: Mark;
}

export const MARK_TONES: Record<Mark, Tone> = {
  same: 'done',
  different: 'overdue',
  'one-sided': 'neutral',
  masked: 'waiting',
};

const STATE_TONES: Record<MatchReviewState, Tone> = {
  open: 'waiting',
  postponed: 'soon',
  same: 'done',
  different: 'neutral',
  superseded: 'neutral',
};

export function reviewTone(state: MatchReviewState): Tone {
  return STATE_TONES[state];
}

/** What two records are compared by. */
export type Described = Pick<
  MatchReviewSide['patient'],
  | 'name'
  | 'former_names'
  | 'sex'
  | 'birth_date'
  | 'identifiers'
  | 'phone'
  | 'village'
  | 'address'
  | 'guardian'
  | 'contacts'
>;

/** What may be seen of somebody without a basis. */
export function describedBrief(brief: PatientBrief): Described {
  const { name, sex, birth_date, identifier, identifier_kind, phone, village } = brief;
  const numbers =
    identifier && identifier_kind ? [{ id: '', kind: identifier_kind, value: identifier }] : [];
  return { name, sex, birth_date, phone, village, identifiers: numbers, contacts: [] };
}

/** The two records field by field; what neither says is left out. */
export function comparedRows(low: Described, high: Described, fields: MatchField[]): ComparedRow[] {
  const rows: ComparedRow[] = [];
  const level = (field: string) => fields.find((one) => one.field === field)?.level;
  const put = (key: string, label: string, told: (one: Described) => string, hidden?: string) => {
    const [left, right] = [told(low), told(high)];
    if (left === '' && right === '') return;
    rows.push({ key, label, low: left, high: right, mark: markOf(left, right, hidden) });
  };
  put('name', t('record.field.name'), (one) => one.name);
  const hidden = [low.name, high.name].some((name) => name.includes('*'));
  if (hidden && rows[0] && low.name[0] === high.name[0]) rows[0].mark = 'masked';
  put('former', t('record.index.field.former-names'), (one) => listed(one.former_names ?? []));
  put('sex', t('record.field.sex'), (one) =>
    one.sex === 'unknown' ? '' : t(`record.sex.${one.sex}`),
  );
  put('birth', t('record.field.birth-date'), (one) => one.birth_date ?? '');
  for (const kind of numberKinds(low, high)) {
    const known = kind === 'resident-id' ? level('resident-id') : undefined;
    put(
      `number-${kind}`,
      textOr(kind, `record.identifier.${kind}`),
      (one) => numbers(one, kind),
      known ?? 'missing',
    );
  }
  put('phone', t('record.field.phone'), (one) => one.phone ?? '', level('phone') ?? 'missing');
  put('village', t('record.field.village'), (one) => one.village ?? '');
  put('address', t('record.field.address'), (one) => one.address ?? '');
  put('contacts', t('record.index.field.contacts'), (one) =>
    listed([...(one.guardian ? [one.guardian] : []), ...one.contacts].map((known) => known.name)),
  );
  return rows;
}

/** `hidden` is the level of a masked value, as the engine saw it whole. */
function markOf(low: string, high: string, hidden?: string): Mark {
  if (low === '' || high === '') return 'one-sided';
  if (low !== high) return 'different';
  if (hidden === undefined || hidden === 'same') return 'same';
  return hidden === 'missing' ? 'masked' : 'different';
}

function numberKinds(low: Described, high: Described): string[] {
  const live = [...low.identifiers, ...high.identifiers].filter((one) => !one.retired_at);
  return [...new Set(live.map((one) => one.kind))];
}

function numbers(patient: Described, kind: string): string {
  const live = patient.identifiers.filter((one) => one.kind === kind && !one.retired_at);
  return listed(live.map((one) => one.value).sort());
}

const SURE = 0.99;
const LIKELY = 0.9;
const PERHAPS = 0.5;

/** A probability in words. */
export function likelyText(probability: number): string {
  if (probability >= SURE) return t('record.index.likely.sure');
  if (probability >= LIKELY) return t('record.index.likely.likely');
  if (probability >= PERHAPS) return t('record.index.likely.perhaps');
  return t('record.index.likely.hardly');
}

/** `+13.2 bits`; the sign says whether it speaks for or against. */
export function bitsText(bits: number): string {
  return t('record.index.bits', { n: signed(bits) });
}

export function signed(bits: number): string {
  const text = Math.abs(bits).toFixed(1);
  if (Number(text) === 0) return text;
  return bits > 0 ? `+${text}` : `−${text}`;
}

const NOTHING_BITS = 0.05;

/** What a weight says, in words. */
export function weightWord(bits: number): 'for' | 'against' | 'neutral' {
  if (Math.abs(bits) < NOTHING_BITS) return 'neutral';
  return bits > 0 ? 'for' : 'against';
}

const PERCENT_OF_PPM = 10_000;

/** `99.995%`, without trailing zeros. */
export function ppmText(ppm: number): string {
  return `${Number((ppm / PERCENT_OF_PPM).toFixed(3))}%`;
}

/** What moves within the record itself, counted: `2 numbers`. */
export function ownMovesText(own: PatientMerge['own']): string[] {
  const counted = ['sources', 'identifiers', 'allergies', 'problems', 'orgs'] as const;
  const rest = ['care', 'consents', 'break_glass', 'accounts'] as const;
  return [...counted, ...rest]
    .filter((key) => own[key].length > 0)
    .map((key) => t(`record.index.count.${key}`, { n: own[key].length }));
}

/** Documents of other modules that moved, counted by kind. */
export function referencesText(references: PatientMerge['references']): string[] {
  const counts = new Map<string, number>();
  for (const { kind } of references) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, n]) => {
    const key = `record.merge.kind.${kind}`;
    return hasText(key) ? t(key, { n }) : pair(kind, String(n));
  });
}

interface Moving {
  patient: Record<'identifiers' | 'allergies' | 'problems', readonly unknown[]>;
  sources: readonly unknown[];
}

/** What a merge would move out of a record, as far as is known of it. */
export function wouldMove({ patient, sources }: Moving): string[] {
  const counts = {
    sources: sources.length,
    identifiers: patient.identifiers.length,
    allergies: patient.allergies.length,
    problems: patient.problems.length,
  };
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([key, n]) => t(`record.index.count.${key}`, { n }));
}

/** A share of registrations; a dash where there are none. */
export function rateText(good: number, records: number): string {
  return records === 0 ? '—' : `${((good / records) * 100).toFixed(1)}%`;
}

export interface QualityFilter {
  org?: string;
  field?: string;
  flawed?: boolean;
}

export function qualityRows(rows: QualityRow[], filter: QualityFilter): QualityRow[] {
  return rows.filter(
    (row) =>
      (!filter.org || row.org_id === filter.org) &&
      (!filter.field || row.field === filter.field) &&
      (!filter.flawed || row.good < row.records),
  );
}
