/**
 * Results as a sheet: a row for each code in each unit, a column for each moment at each member.
 * Units are never converted and never share a row: what cannot be compared does not look as if it
 * could.
 */
import type * as R from './resource';
import { type SourceContext, sourceOf } from './source';
import { millisOf, momentText } from './times';
import {
  conceptText,
  type Flag,
  figureText,
  flagOf,
  measuredText,
  observedAt,
  rangeOf,
  rangeText,
  unitText,
} from './values';

export interface Cell {
  observation: R.Observation;
  /** The figure without its unit, or the words. */
  text: string;
  value?: number;
  flag?: Flag;
  range: string;
  low?: number;
  high?: number;
  preliminary: boolean;
}

export interface SheetColumn {
  key: string;
  at_ms: number;
  at: string;
  org_id: string;
  org: string;
}

export interface SheetRow {
  key: string;
  name: string;
  /** The code, for those who have to know exactly. */
  code: string;
  /** One code, whatever it is called and in whatever unit. */
  codeKey: string;
  unit: string;
  category: Category;
  /** Another row has the same code in another unit. */
  otherUnits: boolean;
  /** The range of the newest value; different ones are told apart. */
  range: string;
  rangesDiffer: boolean;
  cells: Map<string, Cell[]>;
}

export interface Sheet {
  rows: SheetRow[];
  /** Newest first. */
  columns: SheetColumn[];
}

export const CATEGORIES = [
  'vital-signs',
  'laboratory',
  'imaging',
  'exam',
  'survey',
  'other',
] as const;
export type Category = (typeof CATEGORIES)[number];

const CATEGORY_SYSTEM = 'http://terminology.hl7.org/CodeSystem/observation-category';
const MINUTE_MS = 60_000;
/** States that are no result. */
const NO_RESULT = new Set(['entered-in-error', 'cancelled']);

/** The sheet of the observations, of one member or of all. */
export function sheetOf(
  observations: R.Observation[],
  context: SourceContext,
  org_id?: string,
): Sheet {
  const rows = new Map<string, SheetRow>();
  const columns = new Map<string, SheetColumn>();
  for (const observation of observations) {
    if (NO_RESULT.has(observation.status ?? '')) continue;
    const column = columnOf(observation, context);
    if (!column || (org_id && column.org_id !== org_id)) continue;
    for (const part of partsOf(observation)) {
      const cell = cellOf(observation, part);
      if (!cell) continue;
      columns.set(column.key, column);
      const row = rowOf(rows, observation, part);
      row.cells.set(column.key, [...(row.cells.get(column.key) ?? []), cell]);
    }
  }
  const sheet: Sheet = {
    rows: [...rows.values()],
    columns: [...columns.values()].sort((one, other) => other.at_ms - one.at_ms),
  };
  for (const row of sheet.rows) describe(row, sheet);
  sheet.rows.sort(inOrder);
  return sheet;
}

interface Member {
  org_id: string;
  org: string;
}

/** The members that results come from, by name. */
export function membersOf(observations: R.Observation[], context: SourceContext): Member[] {
  const members = new Map<string, string>();
  for (const observation of observations) {
    const { org_id, org } = sourceOf(observation, context);
    if (org_id) members.set(org_id, org);
  }
  return [...members].map(([org_id, org]) => ({ org_id, org }));
}

/** The values of a row in the order of time, for a line. */
export function pointsOf(row: SheetRow, sheet: Sheet): { column: SheetColumn; cell: Cell }[] {
  return sheet.columns
    .toReversed()
    .flatMap((column) => (row.cells.get(column.key) ?? []).map((cell) => ({ column, cell })))
    .filter(({ cell }) => cell.value !== undefined);
}

/** An observation with parts is shown by its parts; its own value is one of them. */
function partsOf(observation: R.Observation): R.ObservationPart[] {
  const parts = observation.component ?? [];
  return measuredText(observation) || parts.length === 0 ? [observation, ...parts] : parts;
}

function columnOf(observation: R.Observation, context: SourceContext): SheetColumn | undefined {
  const at = observedAt(observation);
  const millis = millisOf(at);
  if (millis === null) return undefined;
  const at_ms = Math.floor(millis / MINUTE_MS) * MINUTE_MS;
  const { org_id = '', org } = sourceOf(observation, context);
  return { key: `${at_ms}|${org_id || org}`, at_ms, at: momentText(at), org_id, org };
}

function cellOf(observation: R.Observation, part: R.ObservationPart): Cell | undefined {
  const quantity = part.valueQuantity;
  const text = quantity ? figureText(quantity) : measuredText(part);
  if (!text) return undefined;
  const range = rangeOf(part);
  return {
    observation,
    text,
    // "Below 0.01" is no point on a line.
    value: quantity?.comparator ? undefined : quantity?.value,
    flag: flagOf(part),
    range: rangeText(range),
    low: range?.low?.value,
    high: range?.high?.value,
    preliminary: observation.status === 'preliminary' || observation.status === 'registered',
  };
}

function rowOf(rows: Map<string, SheetRow>, observation: R.Observation, part: R.ObservationPart) {
  const code = codeKey(part.code);
  const unit = unitText(part.valueQuantity);
  const key = `${code}|${part.valueQuantity?.code ?? unit}`;
  const known = rows.get(key);
  if (known) return known;
  const row: SheetRow = {
    key,
    name: conceptText(part.code) || conceptText(observation.code),
    code: part.code?.coding?.[0]?.code ?? '',
    codeKey: code,
    unit,
    category: categoryOf(observation),
    otherUnits: false,
    range: '',
    rangesDiffer: false,
    cells: new Map(),
  };
  rows.set(key, row);
  return row;
}

/** One code, whatever it is called; without a code the words decide. */
function codeKey(concept: R.Concept | undefined): string {
  const coding = concept?.coding?.find((one) => one.code);
  return coding ? `${coding.system ?? ''}|${coding.code}` : `text|${conceptText(concept)}`;
}

function categoryOf(observation: R.Observation): Category {
  const codes = (observation.category ?? []).flatMap((one) => one.coding ?? []);
  const told = codes.find((one) => one.system === CATEGORY_SYSTEM)?.code;
  return CATEGORIES.find((one) => one === told) ?? 'other';
}

function describe(row: SheetRow, sheet: Sheet): void {
  row.otherUnits = sheet.rows.some(
    (one) => one !== row && one.codeKey === row.codeKey && Boolean(one.unit && row.unit),
  );
  const cells = sheet.columns.flatMap((column) => row.cells.get(column.key) ?? []);
  const ranges = [...new Set(cells.map((cell) => cell.range).filter(Boolean))];
  row.range = ranges[0] ?? '';
  row.rangesDiffer = ranges.length > 1;
}

function inOrder(one: SheetRow, other: SheetRow): number {
  const place = CATEGORIES.indexOf(one.category) - CATEGORIES.indexOf(other.category);
  if (place !== 0) return place;
  // What was measured most often is what is looked for first.
  return other.cells.size - one.cells.size;
}
