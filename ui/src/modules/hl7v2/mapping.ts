/** A mapping as a form holds it, what is said of it before it is sent, and what two differ in. */
import type { Mapping } from './types';

/** Fields of ours that a mapping says the places of. */
const FIELDS = [
  ...['patient-number', 'prior-number', 'name', 'birth-date', 'sex', 'phone', 'address'],
  ...['village', 'resident-id', 'health-card', 'insurance', 'visit-number', 'visit-class'],
  ...['place', 'admitted-at', 'discharged-at', 'event-at', 'report-number', 'report-status'],
  ...['report-at', 'specimen-at'],
];

export const VISIT_CLASSES = ['AMB', 'IMP', 'EMER', 'OBSENC', 'HH', 'PRENC', 'SS', 'VR'];
const RESULT_STATES = [
  ...['registered', 'preliminary', 'final', 'amended', 'corrected', 'cancelled'],
  ...['entered-in-error', 'unknown'],
];
const REPORT_STATES = [
  ...['registered', 'partial', 'preliminary', 'final', 'amended', 'corrected', 'appended'],
  ...['cancelled', 'entered-in-error', 'unknown'],
];

const ORDER_STATES = [
  ...['draft', 'active', 'on-hold', 'revoked', 'completed'],
  ...['entered-in-error', 'unknown'],
];

export interface CodeMap {
  name: string;
  /** The codes it may lead to; any where there are none. */
  ours: string[];
  /** The group of texts that say what our codes mean. */
  words?: string;
}

const CODE_MAPS: CodeMap[] = [
  { name: 'sex', ours: ['male', 'female', 'other', 'unknown'], words: 'sex' },
  { name: 'visit-class', ours: VISIT_CLASSES, words: 'visit-class' },
  { name: 'result-status', ours: RESULT_STATES, words: 'status' },
  { name: 'report-status', ours: REPORT_STATES, words: 'status' },
  { name: 'order-status', ours: ORDER_STATES, words: 'status' },
  { name: 'interpretation', ours: [] },
  { name: 'unit', ours: [] },
];

/** The code maps of a form, with those that the server knows and this page does not. */
export function codeMaps(...mappings: Pick<Mapping, 'codes'>[]): CodeMap[] {
  const names = mappings.flatMap((mapping) => Object.keys(mapping.codes));
  const others = [...new Set(names)].filter((name) => !CODE_MAPS.some((map) => map.name === name));
  return [...CODE_MAPS, ...others.map((name) => ({ name, ours: [] }))];
}

/** The fields of a form, likewise. */
export function fieldNames(...mappings: Pick<Mapping, 'paths'>[]): string[] {
  return [...new Set([...FIELDS, ...mappings.flatMap((mapping) => Object.keys(mapping.paths))])];
}

export interface CodeRow {
  key: string;
  theirs: string;
  ours: string;
}

export interface ItemRow {
  key: string;
  theirs: string;
  system: string;
  code: string;
  display: string;
}

/** As the form holds it: rows may be half filled. */
export interface Draft {
  system: string;
  utc_offset_minutes: number;
  visit_class: string;
  /** Without an entry the usual places hold; with an empty one there is no such field. */
  paths: Record<string, string[]>;
  codes: Record<string, CodeRow[]>;
  items: ItemRow[];
  /** Maps of the mapping workshop by which other item codes are read; kept as they are. */
  maps: string[];
}

export function draftOf(mapping: Mapping): Draft {
  const codes = codeMaps(mapping).map(({ name }) => [
    name,
    Object.entries(mapping.codes[name] ?? {}).map(([theirs, ours]) => ({
      key: `=${theirs}`,
      theirs,
      ours,
    })),
  ]);
  return {
    system: mapping.system,
    utc_offset_minutes: mapping.utc_offset_minutes,
    visit_class: mapping.visit_class,
    paths: { ...mapping.paths },
    codes: Object.fromEntries(codes),
    items: Object.entries(mapping.items).map(([theirs, shared]) => ({
      key: `=${theirs}`,
      theirs,
      system: shared.system,
      code: shared.code,
      display: shared.display ?? '',
    })),
    maps: mapping.maps ?? [],
  };
}

/** What the form says so far, without rows that are still half filled. */
export function mappingOf(draft: Draft): Mapping {
  const codes = Object.entries(draft.codes)
    .map(([name, rows]) => [name, rows.filter((row) => !lacks(row.theirs, row.ours))] as const)
    .filter(([, rows]) => rows.length > 0)
    .map(([name, rows]) => [
      name,
      Object.fromEntries(rows.map((row) => [row.theirs.trim(), row.ours.trim()])),
    ]);
  const items = draft.items
    .filter((row) => !lacks(row.theirs, row.system, row.code))
    .map((row) => [
      row.theirs.trim(),
      { system: row.system.trim(), code: row.code.trim(), display: row.display.trim() || null },
    ]);
  return {
    system: draft.system.trim(),
    utc_offset_minutes: draft.utc_offset_minutes,
    visit_class: draft.visit_class,
    paths: draft.paths,
    codes: Object.fromEntries(codes),
    items: Object.fromEntries(items),
    maps: draft.maps,
  };
}

/** Whether a row lacks what it needs: it would be lost if the rest were sent. */
export function isHalfFilled(draft: Draft): boolean {
  return (
    Object.values(draft.codes).some((rows) => rows.some((row) => lacks(row.theirs, row.ours))) ||
    draft.items.some((row) => lacks(row.theirs, row.system, row.code))
  );
}

function lacks(...texts: string[]): boolean {
  return texts.some((text) => text.trim() === '');
}

/** The sender's codes that stand twice in one map: one of them would be lost. */
export function codesTwice(draft: Draft): string[] {
  return [...Object.values(draft.codes), draft.items].flatMap((rows) => {
    const codes = rows.map((row) => row.theirs.trim()).filter((code) => code !== '');
    return [...new Set(codes.filter((code, index) => codes.indexOf(code) !== index))];
  });
}

/** A part of a mapping that two versions have differently. */
export interface Difference {
  /** `paths.name`, `codes.sex.1`, `items.WBC`, `system`. */
  part: string;
  before?: string;
  after?: string;
}

export function differences(before: Mapping, after: Mapping): Difference[] {
  const [left, right] = [partsOf(before), partsOf(after)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((part) => ({ part, before: left.get(part), after: right.get(part) }))
    .filter((one) => one.before !== one.after);
}

/** Each part that the mapping names itself, as a text. An empty text says that there is none. */
function partsOf(mapping: Mapping): Map<string, string> {
  const parts = new Map([
    ['system', mapping.system],
    ['utc_offset_minutes', zoneText(mapping.utc_offset_minutes)],
    ['visit_class', mapping.visit_class],
  ]);
  for (const [name, paths] of Object.entries(mapping.paths)) {
    parts.set(`paths.${name}`, paths.join('  '));
  }
  for (const [name, pairs] of Object.entries(mapping.codes)) {
    for (const [theirs, ours] of Object.entries(pairs)) parts.set(`codes.${name}.${theirs}`, ours);
  }
  for (const [theirs, { system, code, display }] of Object.entries(mapping.items)) {
    parts.set(`items.${theirs}`, [`${system}|${code}`, display].filter(Boolean).join('  '));
  }
  return parts;
}

/** `UTC+08:00`. */
export function zoneText(minutes: number): string {
  const away = Math.abs(minutes);
  const two = (number: number) => String(number).padStart(2, '0');
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
