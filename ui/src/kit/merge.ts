/** Two people change the same thing: what each of them did, field by field. */

/** A field that both changed, differently. */
export interface Clash {
  path: string;
  theirs: unknown;
  mine: unknown;
}

export interface Merged {
  /** What only the other one changed: goes into the form. */
  taken: Record<string, unknown>;
  /** What both changed: this person decides. */
  clashes: Clash[];
}

/** Every answer by its path (`open_to.to`); lists are answers as a whole. */
export function flattenValues(values: object, prefix = ''): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (isGroup(value)) Object.assign(flat, flattenValues(value, path));
    else flat[path] = value;
  }
  return flat;
}

/** Puts what somebody else saved meanwhile beside what is in the form. */
export function mergeValues(seen: object, newest: object, mine: object): Merged {
  const [before, theirs, own] = [seen, newest, mine].map((values) => flattenValues(values)) as [
    Record<string, unknown>,
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  const merged: Merged = { taken: {}, clashes: [] };
  for (const path of new Set([...Object.keys(before), ...Object.keys(theirs)])) {
    if (same(before[path], theirs[path]) || same(own[path], theirs[path])) continue;
    if (same(own[path], before[path])) merged.taken[path] = theirs[path];
    else merged.clashes.push({ path, theirs: theirs[path], mine: own[path] });
  }
  return merged;
}

/** What is sent: without the answers that nobody gave. */
export function givenValues(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => !isBlank(value))
      .map(([name, value]) => [name, isGroup(value) ? givenValues(value) : value]),
  );
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || trimmed(value) === '';
}

function same(one: unknown, other: unknown): boolean {
  if (isBlank(one) && isBlank(other)) return true;
  return JSON.stringify(trimmed(one)) === JSON.stringify(trimmed(other));
}

/** Blanks around a text say nothing: the server drops them. */
function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value;
}
