/** The sums behind the coverage board. */
import type { Figure, Status } from './types';

export const STATUSES = [
  'shared',
  'mapped',
  'unmatched',
  'proposed',
  'invalid',
  'unmapped',
] as const satisfies readonly Status[];

/** Codes that others can read. */
const READABLE: readonly Status[] = ['shared', 'mapped'];

export interface MemberShare {
  org_id: string;
  arrivals: number;
  /** Of a hundred arrivals, so many can be read by others; never rounded up to a hundred. */
  percent: number;
  by: Record<Status, number>;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((1000 * part) / whole) / 10;
}

/** Members, the one with the least that can be read first. */
export function sharesByMember(figures: Figure[]): MemberShare[] {
  const members = new Map<string, MemberShare>();
  for (const figure of figures) {
    const share = members.get(figure.org_id) ?? {
      org_id: figure.org_id,
      arrivals: 0,
      percent: 0,
      by: { shared: 0, mapped: 0, unmatched: 0, proposed: 0, invalid: 0, unmapped: 0 },
    };
    share.arrivals += figure.arrivals;
    share.by[figure.status] += figure.arrivals;
    members.set(figure.org_id, share);
  }
  for (const share of members.values()) {
    const readable = READABLE.reduce((sum, status) => sum + share.by[status], 0);
    share.percent = percent(readable, share.arrivals);
  }
  return [...members.values()].sort(
    (one, other) => one.percent - other.percent || other.arrivals - one.arrivals,
  );
}

export function total(figures: Figure[]): {
  arrivals: number;
  percent: number;
  unmappedCodes: number;
} {
  const sum = (rows: Figure[]) => rows.reduce((all, row) => all + row.arrivals, 0);
  const open = figures.filter((one) => one.status === 'unmapped' || one.status === 'invalid');
  const arrivals = sum(figures);
  return {
    arrivals,
    percent: percent(sum(figures.filter((one) => READABLE.includes(one.status))), arrivals),
    unmappedCodes: open.reduce((all, row) => all + row.codes, 0),
  };
}
