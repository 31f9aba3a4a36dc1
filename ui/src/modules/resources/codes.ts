/** Codes that people give to places. */

/** The code after this one: `12` → `13`, `A09` → `A10`; a code without digits has none. */
export function nextCode(code: string): string {
  const found = /^(.*?)(\d+)$/.exec(code.trim());
  if (!found) return '';
  const [, head = '', digits = ''] = found;
  return head + String(Number(digits) + 1).padStart(digits.length, '0');
}

/** A time of day on the five-minute grid; `24:00` ends a day. */
export const TIME_OF_DAY = /^(?:(?:[01]\d|2[0-3]):[0-5][05]|24:00)$/;
