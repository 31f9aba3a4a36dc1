/**
 * The words of the interface: a flat table of texts for the language in use, and `t` to read it.
 *
 * Texts live in `locales/zh-CN.json` and `locales/en.json` beside the code that shows them; the
 * application joins them under the name of their folder (`kit.…`, `app.…`, `referral.…`).
 */
import { useSyncExternalStore } from 'react';

export type Language = 'zh-CN' | 'en';
export const LANGUAGES: readonly Language[] = ['zh-CN', 'en'];
export const DEFAULT_LANGUAGE: Language = 'zh-CN';

/** A locale file: texts, or groups of texts, to any depth. */
export interface TextTree {
  [key: string]: string | TextTree;
}

export type TextParams = Record<string, string | number>;

const STORAGE_KEY = 'lianti.language';

let current: Language = DEFAULT_LANGUAGE;
let texts = new Map<string, string>();
const missing = new Set<string>();
const listeners = new Set<() => void>();

/** Which language the person last chose on this device. */
export function storedLanguage(): Language {
  const stored = localStorage.getItem(STORAGE_KEY);
  return LANGUAGES.find((language) => language === stored) ?? DEFAULT_LANGUAGE;
}

/** The language the screens are in now; it is also what `Accept-Language` carries. */
export function language(): Language {
  return current;
}

/** Puts a language with its texts into use and remembers the choice. */
export function applyTexts(next: Language, table: Map<string, string>): void {
  current = next;
  texts = table;
  localStorage.setItem(STORAGE_KEY, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

/** Turns a locale file into rows of the text table, each under `prefix.`. */
export function flatten(prefix: string, tree: TextTree, into: Map<string, string>): void {
  for (const [key, value] of Object.entries(tree)) {
    const path = `${prefix}.${key}`;
    if (typeof value === 'string') into.set(path, value);
    else flatten(path, value, into);
  }
}

/**
 * The text of `key` with `{name}` places filled in.
 *
 * A text of the form `one | many` is chosen by the parameter `n`: English needs it, Chinese does
 * not. A missing key shows as itself, and is reported once on the console while developing.
 */
export function t(key: string, params?: TextParams): string {
  const text = texts.get(key);
  if (text === undefined) {
    reportMissing(key);
    return key;
  }
  return fill(text, params);
}

/** Whether the language in use has this text: for keys that come from the server's codes. */
export function hasText(key: string): boolean {
  return texts.has(key);
}

/** The text of the first key that exists, else `fallback`: for codes newer than this page. */
export function textOr(fallback: string, ...keys: string[]): string {
  const found = keys.find((key) => texts.has(key));
  return found === undefined ? fallback : t(found);
}

/**
 * The text of a code that the server sends, `referral.escalated`, in the module's group `group`:
 * `referral.notice.escalated`. A code without a text shows as itself.
 */
export function codeText(group: string, code: string, params?: TextParams): string {
  const [module, ...rest] = code.split('.');
  const key = `${module}.${group}.${rest.join('.')}`;
  return texts.has(key) ? t(key, params) : code;
}

/** Re-renders the caller when the language changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}

function fill(text: string, params?: TextParams): string {
  if (!params) return text;
  const forms = text.split(' | ');
  const chosen = forms.length === 2 && params.n !== 1 ? forms[1] : forms[0];
  return (chosen ?? text).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}

function reportMissing(key: string): void {
  if (!import.meta.env.DEV || missing.has(key)) return;
  missing.add(key);
  // biome-ignore lint/suspicious/noConsole: only while developing, to find forgotten texts
  console.warn(`no text for ${key} in ${current}`);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
