/** Reading the wall, and what can be said of it without drawing. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { call } from '@/api/client';
import type { Places, QueueCounts, Wall } from './types';

const REREAD_MS = 20_000;

/** The wall, read again after every change that it shows, and now and then for its clocks. */
export function useWall() {
  return useQuery({
    queryKey: ['wall'],
    queryFn: ({ signal }) => call<Wall>('GET', '/api/wall', { signal }),
    refetchInterval: REREAD_MS,
    refetchIntervalInBackground: true,
    // A wall keeps trying for ever; what it last read stays on it meanwhile.
    retry: true,
    retryDelay: (count) => Math.min(30_000, 1_000 * 2 ** count),
    meta: {
      follows: [
        'referral',
        'hold',
        'bed',
        'ward',
        'equipment',
        'clinic-session',
        'dispatch-message',
      ],
    },
  });
}

export const PLACE_FIELDS = [
  'beds_total',
  'beds_open',
  'beds_occupied',
  'beds_held',
  'beds_cleaning',
  'slots_left_today',
  'equipment_total',
  'equipment_busy',
  'equipment_idle',
  'equipment_down',
] as const satisfies readonly (keyof Places)[];
export type PlaceField = (typeof PLACE_FIELDS)[number];

/** One figure over all members. */
export function sumPlaces(wall: Wall, field: PlaceField): number {
  return wall.members.reduce((sum, member) => sum + member.places[field], 0);
}

const UNANSWERED = ['submitted', 'in-review', 'escalated'];

export interface QueueFigures {
  waiting: number;
  escalated: number;
  overdue: number;
  expected: number;
  arrived: number;
  down: number;
}

/** How many cases stand where, over all members. */
export function queueFigures(counts: QueueCounts[]): QueueFigures {
  const inbox = (states: string[]) =>
    counts.reduce(
      (sum, one) => sum + states.reduce((part, state) => part + (one.counts.inbox[state] ?? 0), 0),
      0,
    );
  return {
    waiting: inbox(UNANSWERED),
    escalated: inbox(['escalated']),
    overdue: counts.reduce((sum, one) => sum + one.counts.inbox_overdue, 0),
    expected: inbox(['accepted']),
    arrived: inbox(['arrived']),
    down: counts.reduce((sum, one) => sum + (one.counts.community['down-proposed'] ?? 0), 0),
  };
}

/** The part of a list that is shown now; pages turn, nothing scrolls. */
export function pageOf<Row>(rows: readonly Row[], size: number, turn: number): readonly Row[] {
  const pages = pagesOf(rows.length, size);
  const page = turn % pages;
  return rows.slice(page * size, page * size + size);
}

export function pagesOf(count: number, size: number): number {
  return Math.max(1, Math.ceil(count / size));
}

const TURN_MS = 12_000;

/** Counts on, one step for each turn of the pages. */
export function useTurn(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((now) => now + 1), TURN_MS);
    return () => clearInterval(timer);
  }, []);
  return turn;
}

const GLOW_MS = 60_000;

/** Which keys changed their value within the last minute: each glows once. */
export function useChanged(values: Record<string, number | string>): ReadonlySet<string> {
  const before = useRef<Record<string, number | string> | null>(null);
  const [changed, setChanged] = useState<ReadonlyMap<string, number>>(new Map());
  const text = JSON.stringify(values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the values
  useEffect(() => {
    const old = before.current;
    before.current = values;
    if (!old) return;
    const now = Date.now();
    const keys = changedKeys(old, values);
    if (keys.length === 0) return;
    setChanged((known) => {
      const fresh = [...known].filter(([, at]) => now - at < GLOW_MS);
      return new Map([...fresh, ...keys.map((key) => [key, now] as const)]);
    });
    const timer = setTimeout(() => {
      setChanged((known) => new Map([...known].filter(([, at]) => Date.now() - at < GLOW_MS)));
    }, GLOW_MS + 100);
    return () => clearTimeout(timer);
  }, [text]);
  return new Set(changed.keys());
}

export function changedKeys(
  before: Record<string, number | string>,
  after: Record<string, number | string>,
): string[] {
  return Object.keys(after).filter((key) => before[key] !== after[key]);
}
