import { beforeAll, describe, expect, test } from 'vitest';
import { applyTexts, flatten, type TextTree } from '@/i18n';
import kit from '@/kit/locales/en.json';
import record from './locales/en.json';
import {
  bitsText,
  comparedRows,
  likelyText,
  ppmText,
  qualityRows,
  rateText,
  referencesText,
  signed,
  weightWord,
  wouldMove,
} from './pairs';
import type { MatchField, MatchReviewSide, QualityRow } from './types';

type Patient = MatchReviewSide['patient'];

const ORG = 'o1';

beforeAll(() => {
  const texts = new Map<string, string>();
  flatten('kit', kit as TextTree, texts);
  flatten('record', record as TextTree, texts);
  applyTexts('en', texts);
});

function patient(told: Partial<Patient>): Patient {
  return {
    id: 'p1',
    org_id: ORG,
    name: '张三',
    sex: 'male',
    identified: true,
    identifiers: [],
    contacts: [],
    no_known_allergies: false,
    allergies: [],
    problems: [],
    registered_at: '2026-11-22T00:00:00Z',
    ...told,
  };
}

function field(name: string, level: string): MatchField {
  return { field: name, level, bits: 1, frequency_bits: 0 };
}

function marks(low: Patient, high: Patient, fields: MatchField[] = []) {
  return Object.fromEntries(comparedRows(low, high, fields).map((row) => [row.key, row.mark]));
}

describe('two records side by side', () => {
  test('what differs, what agrees and what only one has', () => {
    const low = patient({ birth_date: '1950-01-02', village: 'A' });
    const high = patient({ name: '张山', birth_date: '1950-01-02' });
    expect(marks(low, high)).toEqual({
      name: 'different',
      sex: 'same',
      birth: 'same',
      village: 'one-sided',
    });
  });

  test('a masked value is the same only if the engine saw it so', () => {
    const one = patient({ phone: '138****0001' });
    expect(marks(one, one)).toMatchObject({ phone: 'masked' });
    expect(marks(one, one, [field('phone', 'same')])).toMatchObject({ phone: 'same' });
    expect(marks(one, one, [field('phone', 'one-digit')])).toMatchObject({ phone: 'different' });
    expect(marks(one, one, [field('phone', 'missing')])).toMatchObject({ phone: 'masked' });
  });

  test('an unknown sex says nothing', () => {
    const unknown = patient({ sex: 'unknown' });
    expect(marks(unknown, unknown)).not.toHaveProperty('sex');
    expect(marks(unknown, patient({}))).toMatchObject({ sex: 'one-sided' });
  });
});

describe('weights', () => {
  test('carry their sign, and words for it', () => {
    expect(signed(13.24)).toBe('+13.2');
    expect(signed(-2)).toBe('−2.0');
    expect(signed(-0.01)).toBe('0.0');
    expect(bitsText(13.24)).toBe('+13.2 bits');
    expect(['for', 'against', 'neutral']).toEqual([3, -3, 0].map(weightWord));
  });

  test('a probability reads in words', () => {
    const words = [0.999, 0.95, 0.6, 0.1].map(likelyText);
    expect(new Set(words).size).toBe(4);
    expect(words[0]).toBe('Almost certainly one person');
  });

  test('what was measured keeps its digits', () => {
    expect(ppmText(999_950)).toBe('99.995%');
    expect(ppmText(870_000)).toBe('87%');
  });
});

describe('merges', () => {
  test('count what moves', () => {
    expect(wouldMove({ patient: patient({}), sources: [] })).toEqual([]);
    const reference = (kind: string, id: string) => ({ module: 'm', kind, id });
    const moved = ['a', 'b'].map((id) => reference('referral', id));
    expect(referencesText([...moved, reference('hold', 'c')])).toEqual(['2 referrals', '1 hold']);
    expect(referencesText([reference('else', 'd')])).toEqual(['else: 1']);
  });
});

describe('quality', () => {
  const row = (org_id: string, name: string, good: number): QualityRow => ({
    org_id,
    org_name: org_id,
    field: name,
    missing: 10 - good,
    invalid: 0,
    placeholder: 0,
    good,
    records: 10,
  });
  const rows = [row('a', 'name', 10), row('a', 'phone', 7), row('b', 'phone', 10)];

  test('filters by member, field and flaws', () => {
    expect(qualityRows(rows, {})).toHaveLength(3);
    expect(qualityRows(rows, { org: 'a' })).toHaveLength(2);
    expect(qualityRows(rows, { field: 'phone' })).toHaveLength(2);
    expect(qualityRows(rows, { flawed: true })).toEqual([rows[1]]);
  });

  test('a rate of nothing is not a number', () => {
    expect(rateText(7, 10)).toBe('70.0%');
    expect(rateText(0, 0)).toBe('—');
  });
});
