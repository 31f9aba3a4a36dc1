import { expect, test } from 'vitest';
import { namePath } from './FormErrors';
import { hotkeyName } from './hotkeys';
import { moneyShort, moneyText } from './Money';
import { PALETTES, type Scheme } from './tokens';

test('money keeps every cent', () => {
  expect(moneyText(123450)).toBe('¥1,234.50');
  expect(moneyText(-5)).toBe('-¥0.05');
  expect(moneyText(123456789012)).toBe('¥1,234,567,890.12');
  expect(moneyShort(12_345_600)).toBe('¥12.3 万');
});

test('paths of refusals name the fields of a form', () => {
  expect(namePath('drugs.0.dose')).toEqual(['drugs', 0, 'dose']);
  expect(namePath('drugs[1].dose')).toEqual(['drugs', 1, 'dose']);
  expect(namePath('/vitals/pulse')).toEqual(['vitals', 'pulse']);
});

test('Ctrl and Command are the same key', () => {
  expect(hotkeyName({ key: 'K', ctrlKey: true, metaKey: false })).toBe('mod+k');
  expect(hotkeyName({ key: 'k', ctrlKey: false, metaKey: true })).toBe('mod+k');
  expect(hotkeyName({ key: 'Enter', ctrlKey: false, metaKey: false })).toBe('Enter');
});

/** WCAG AA for text. */
const TEXT_CONTRAST_MIN = 4.5;
/** WCAG AA for marks. */
const MARK_CONTRAST_MIN = 3;

test.each(['light', 'dark'] as Scheme[])('colours are readable: %s', (scheme) => {
  const palette = PALETTES[scheme];
  for (const ground of [palette.page, palette.surface, palette.raised]) {
    expect(contrast(palette.text, ground)).toBeGreaterThan(TEXT_CONTRAST_MIN);
    expect(contrast(palette.muted, ground)).toBeGreaterThan(TEXT_CONTRAST_MIN);
  }
  expect(contrast(palette.onAccent, palette.accent)).toBeGreaterThan(TEXT_CONTRAST_MIN);
  for (const [tone, colours] of Object.entries(palette.tones)) {
    for (const ground of [colours.background, palette.surface, palette.page]) {
      expect(contrast(colours.text, ground), `${tone} on ${ground}`).toBeGreaterThan(
        TEXT_CONTRAST_MIN,
      );
    }
    expect(contrast(colours.solid, palette.surface), tone).toBeGreaterThan(MARK_CONTRAST_MIN);
  }
});

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
