/** Which entries stand in the rail for this person, the own jobs first. */
import { allows, type Session, useSession } from '@/api/session';
import type { UiModule, UiNav } from '@/kit/module';
import { modules } from './modules';

/** More would be a menu to read; the rest goes behind "more". */
export const RAIL_ENTRIES_MAX = 7;

export function useRail(): UiNav[] {
  return railFor(modules, useSession());
}

/** The permitted entries in their order: first the role's own jobs, then by module. */
export function railFor(from: readonly UiModule[], session: Session): UiNav[] {
  const role = session.assignment.role;
  const open = from
    .flatMap((module) => module.nav)
    .filter((entry) => allows(session, entry.permission))
    .filter((entry) => !entry.roles || entry.roles.includes(role));
  const own = open.filter((entry) => entry.firstFor?.includes(role));
  return [...own, ...open.filter((entry) => !own.includes(entry))];
}
