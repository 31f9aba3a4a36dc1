/** How the language in use sets words side by side: its colon, its commas. */
import { language } from '@/i18n';

/** A label with its value: `过敏史：无`, `Allergies: none`. */
export function pair(label: string, value: string): string {
  return language() === 'en' ? `${label}: ${value}` : `${label}：${value}`;
}

/** Short words in a row: `青霉素、磺胺`, `penicillin, sulfonamides`. */
export function listed(words: readonly string[]): string {
  return words.join(language() === 'en' ? ', ' : '、');
}

/** Longer parts in a row, which may have commas of their own. */
export function parted(parts: readonly string[]): string {
  return parts.join(language() === 'en' ? '; ' : '；');
}

/** A name with what explains it: `高血压（I10）`, `Hypertension (I10)`. */
export function withNote(name: string, note: string): string {
  return language() === 'en' ? `${name} (${note})` : `${name}（${note}）`;
}
