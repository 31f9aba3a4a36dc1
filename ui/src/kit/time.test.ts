import { beforeAll, describe, expect, test } from 'vitest';
import { applyTexts, flatten, t } from '@/i18n';
import en from './locales/en.json';
import zh from './locales/zh-CN.json';
import { clockState, relativeText, spanText } from './time';

const SINCE = '2026-11-22T08:00:00Z';
const DUE = '2026-11-22T10:00:00Z';
const at = (time: string) => Date.parse(`2026-11-22T${time}:00Z`);

describe('a clock with a limit of two hours', () => {
  test.each([
    ['08:00', 'waiting'],
    ['09:29', 'waiting'],
    ['09:30', 'soon'],
    ['10:00', 'soon'],
    ['10:01', 'overdue'],
  ])('at %s is %s', (time, tone) => {
    expect(clockState(SINCE, DUE, at(time)).tone).toBe(tone);
  });

  test('without a limit only waits', () => {
    expect(clockState(SINCE, null, at('23:59'))).toMatchObject({ tone: 'waiting', left_ms: null });
  });

  test('never waits a negative time, whatever the device believes', () => {
    expect(clockState(SINCE, DUE, at('07:00')).waited_ms).toBe(0);
  });
});

describe('spans in words', () => {
  beforeAll(() => use('zh-CN'));
  test.each([
    [30_000, '不到 1 分'],
    [5 * 60_000, '5 分'],
    [-65 * 60_000, '1 小时 5 分'],
    [2 * 3_600_000, '2 小时'],
    [26 * 3_600_000, '1 天 2 小时'],
    [120 * 3_600_000, '5 天'],
  ])('%i ms', (span_ms, words) => {
    expect(spanText(span_ms)).toBe(words);
  });

  test('before and after now', () => {
    expect(relativeText(SINCE, at('08:10'))).toBe('10 分前');
    expect(relativeText(DUE, at('09:00'))).toBe('1 小时后');
    expect(relativeText(DUE, at('10:00'))).toBe('刚刚');
  });

  test('English counts one and many', () => {
    use('en');
    expect(t('kit.span.days', { n: 1 })).toBe('1 day');
    expect(t('kit.span.days', { n: 3 })).toBe('3 days');
  });
});

function use(language: 'zh-CN' | 'en'): void {
  const table = new Map<string, string>();
  flatten('kit', language === 'en' ? en : zh, table);
  applyTexts(language, table);
}
