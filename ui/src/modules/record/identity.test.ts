import { describe, expect, test } from 'vitest';
import { accountOf, changesOf, withPhones } from './identity';

const SEEN = { name: '江望', sex: 'male', birth_date: '1958-03-16', phone: '138****0012' };

describe('who a patient is', () => {
  test('only what was changed is sent; a masked telephone is none', () => {
    expect(changesOf(SEEN, { ...SEEN, name: ' 江望舒 ', village: '' })).toEqual({ name: '江望舒' });
    expect(changesOf(SEEN, { ...SEEN, phone: '13900000000' })).toEqual({ phone: '13900000000' });
  });

  test('an emptied text clears its field', () => {
    expect(changesOf({ ...SEEN, address: '一号' }, { ...SEEN, address: '' })).toEqual({
      address: '',
    });
  });
});

test('telephones come back to those who have one', () => {
  const family = [
    { name: '甲', phone: '138****0001' },
    { name: '乙', phone: null },
    { name: '丙', phone: '138****0003' },
  ];
  expect(withPhones(family, ['13800000001', '13800000003']).map((one) => one.phone)).toEqual([
    '13800000001',
    undefined,
    '13800000003',
  ]);
});

test('an account is told by its number, scanned or typed', () => {
  expect(accountOf(' 01A19E0F-D480-7002-AAF9-6F28C07C62D9 ')).toBe(
    '01a19e0f-d480-7002-aaf9-6f28c07c62d9',
  );
  expect(accountOf('p005')).toBeNull();
});
