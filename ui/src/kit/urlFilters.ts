/**
 * Filters that live in the address, so that every view of a list can be sent to a colleague and
 * found again with the back button.
 *
 * A screen names its filters once — `{ q: text(), state: list(), late: flag() }` — and gets typed
 * values and a setter.
 */
import { useLocation, useRouter } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

export interface FilterKind<Value> {
  read: (texts: string[]) => Value;
  write: (value: Value) => string[];
}

// biome-ignore lint/suspicious/noExplicitAny: the map holds kinds of different values
export type FilterSpec = Record<string, FilterKind<any>>;

export type FilterValues<Spec extends FilterSpec> = {
  [Name in keyof Spec]: Spec[Name] extends FilterKind<infer Value> ? Value : never;
};

/** One text: search words, a date, an id. */
export function text(): FilterKind<string | undefined> {
  return {
    read: (texts) => texts[0] || undefined,
    write: (value) => (value ? [value] : []),
  };
}

/** One of some words; anything else in the address counts as absent. */
export function choice<Word extends string>(words: readonly Word[]): FilterKind<Word | undefined> {
  return {
    read: (texts) => words.find((word) => word === texts[0]),
    write: (value) => (value ? [value] : []),
  };
}

/** Any number of texts. */
export function list(): FilterKind<string[]> {
  return { read: (texts) => texts, write: (value) => value };
}

/** Yes or not asked. */
export function flag(): FilterKind<boolean> {
  return { read: (texts) => texts[0] === '1', write: (value) => (value ? ['1'] : []) };
}

/** Reads the filters out of an address's query. */
export function readFilters<Spec extends FilterSpec>(
  spec: Spec,
  search: string,
): FilterValues<Spec> {
  const params = new URLSearchParams(search);
  const entries = Object.entries(spec).map(([name, kind]) => [
    name,
    kind.read(params.getAll(name)),
  ]);
  return Object.fromEntries(entries) as FilterValues<Spec>;
}

/** The query with the filters changed; what belongs to others stays. */
export function writeFilters<Spec extends FilterSpec>(
  spec: Spec,
  search: string,
  patch: Partial<FilterValues<Spec>>,
): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    params.delete(name);
    for (const one of spec[name]?.write(value) ?? []) params.append(name, one);
  }
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

/** How many filters are in use. */
export function countFilters<Spec extends FilterSpec>(
  spec: Spec,
  values: FilterValues<Spec>,
): number {
  return Object.entries(spec).filter(([name, kind]) => kind.write(values[name]).length > 0).length;
}

export type SetFilters<Spec extends FilterSpec> = (patch: Partial<FilterValues<Spec>>) => void;

/** The screen's filters. Declare `spec` outside the component. */
export function useUrlFilters<Spec extends FilterSpec>(
  spec: Spec,
): [FilterValues<Spec>, SetFilters<Spec>] {
  const router = useRouter();
  const search = useLocation({ select: (location) => location.searchStr });
  const values = useMemo(() => readFilters(spec, search), [spec, search]);
  const set = useCallback<SetFilters<Spec>>(
    (patch) => {
      const { pathname, search: now } = window.location;
      router.history.replace(pathname + writeFilters(spec, now, patch));
    },
    [router, spec],
  );
  return [values, set];
}
