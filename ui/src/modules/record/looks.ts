/** The access log as a person reads it: what one person opened in one sitting is one line. */
import type { AccessEntry } from './types';

export interface Sitting {
  key: string;
  /** Newest first; all of one person, in one role, on one basis. */
  entries: AccessEntry[];
}

/** Looks this far apart are two. */
const SITTING_GAP_MS = 30 * 60_000;
const READ = 'record.read';

/** `entries` newest first, as the server lists them. Only plain reading is taken together. */
export function sittingsOf(entries: AccessEntry[]): Sitting[] {
  const sittings: Sitting[] = [];
  const open = new Map<string, Sitting>();
  for (const entry of entries) {
    const who = [
      entry.actor_id,
      entry.role,
      entry.org_id,
      entry.basis?.kind ?? '',
      appOf(entry),
    ].join('|');
    const known = entry.event === READ ? open.get(who) : undefined;
    const last = known?.entries.at(-1);
    if (known && last && Date.parse(last.at) - Date.parse(entry.at) < SITTING_GAP_MS) {
      known.entries.push(entry);
      continue;
    }
    const made = { key: entry.id, entries: [entry] };
    sittings.push(made);
    if (entry.event === READ) open.set(who, made);
  }
  return sittings;
}

/** The app through which somebody looked, or nothing. */
export function appOf(entry: AccessEntry): string {
  const { app } = (entry.detail ?? {}) as { app?: { name?: string } };
  return app?.name ?? '';
}

/** What was opened in a sitting, each once, in the order it was opened. */
export function openedIn(sitting: Sitting): string[] {
  const what = sitting.entries.toReversed().map(({ detail }) => {
    const { what: word } = (detail ?? {}) as { what?: string };
    return word ?? '';
  });
  return [...new Set(what.filter(Boolean))];
}
