import { describe, expect, test } from 'vitest';
import { applyTexts, flatten } from '@/i18n';
import record from './locales/zh-CN.json';
import { backPath, bodyOf } from './pages/Register';
import { identifierOf, readResidentId, sexAge, tidy } from './words';

describe('resident ID numbers', () => {
  test('say birth date and sex, and carry a check character', () => {
    expect(readResidentId('11010519491231002X')).toEqual({
      birth_date: '1949-12-31',
      sex: 'female',
      checked: true,
    });
    expect(readResidentId('110105194912310021')?.checked).toBe(false);
  });

  test('are understood in full width and with blanks', () => {
    expect(readResidentId('１１０１０５ 19491231 002x')?.checked).toBe(true);
    expect(tidy(' 11 22 ')).toBe('1122');
  });

  test('anything else says nothing', () => {
    expect(readResidentId('1101051949')).toBeNull();
    expect(readResidentId('110105199913310020')).toBeNull();
    expect(identifierOf('张三')).toBeNull();
  });
});

describe('registration', () => {
  test('goes back only to paths of this application', () => {
    expect(backPath('/referral/new', 'p1')).toBe('/referral/new?patient=p1');
    expect(backPath('/referral/new?kind=up', 'p1')).toBe('/referral/new?kind=up&patient=p1');
    expect(backPath('//elsewhere.example', 'p1')).toBe('/record/patients/p1');
    expect(backPath('https://elsewhere.example', 'p1')).toBe('/record/patients/p1');
    expect(backPath(undefined, 'p1')).toBe('/record/patients/p1');
  });

  test('sends what was typed, and nothing for what was not', () => {
    expect(
      bodyOf({ name: ' 张三 ', number: { kind: 'resident-id', value: ' 1101 ' } }, ['p2']),
    ).toEqual({
      name: '张三',
      sex: null,
      birth_date: null,
      unknown: false,
      identifiers: [{ kind: 'resident-id', value: '1101', override_reason: null }],
      phone: null,
      address: null,
      village: null,
      guardian: null,
      not_same_as: ['p2'],
    });
    expect(bodyOf({ unknown: true }, [])).toMatchObject({ unknown: true, identifiers: [] });
  });
});

test('a child in its first year is days or months old', () => {
  const table = new Map<string, string>();
  flatten('record', record, table);
  applyTexts('zh-CN', table);
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  expect(sexAge('female', 0, ago(2))).toBe('女 2 天');
  expect(sexAge('male', 0, ago(100))).toBe('男 3 个月');
  expect(sexAge('male', 0)).toBe('男 0 岁');
  expect(sexAge('female', 31, '1995-01-01')).toBe('女 31 岁');
  expect(sexAge('unknown', null)).toBe('未知');
});
