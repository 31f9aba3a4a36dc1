/**
 * What this browser remembers for one person. Everything is kept under the account, so two people
 * at one desk never see each other's columns or drafts.
 */

const PREFIX = 'lianti.own';
let owner = 'nobody';

/** Called once the session is known. */
export function setStorageOwner(account_id: string): void {
  owner = account_id;
}

export function readOwn<Value>(name: string): Value | undefined {
  try {
    const text = localStorage.getItem(ownKey(name));
    return text === null ? undefined : (JSON.parse(text) as Value);
  } catch {
    return undefined;
  }
}

/** Best effort: a full or forbidden storage must never stop the work. */
export function writeOwn(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(ownKey(name), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function removeOwn(name: string): void {
  localStorage.removeItem(ownKey(name));
}

/** Removes everything of this person whose name starts with `start`. */
export function removeOwnAll(start: string): void {
  const prefix = ownKey(start);
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(prefix)) localStorage.removeItem(key);
  }
}

function ownKey(name: string): string {
  return `${PREFIX}.${owner}.${name}`;
}
