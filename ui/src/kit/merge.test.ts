import { describe, expect, test } from 'vitest';
import { flattenValues, givenValues, mergeValues } from './merge';

describe('two people change the same thing', () => {
  const seen = { name: '骨科', phone: '100', location: undefined, open_to: { to: 'group' } };

  test('what only the other one changed is taken in', () => {
    const newest = { ...seen, phone: '200', location: '三楼' };
    expect(mergeValues(seen, newest, { ...seen, name: '骨一科' })).toEqual({
      taken: { phone: '200', location: '三楼' },
      clashes: [],
    });
  });

  test('what both changed is left to this person, with both answers', () => {
    const newest = { ...seen, open_to: { to: 'members', org_ids: ['a'] } };
    const mine = { ...seen, open_to: { to: 'own' } };
    expect(mergeValues(seen, newest, mine)).toEqual({
      taken: { 'open_to.org_ids': ['a'] },
      clashes: [{ path: 'open_to.to', theirs: 'members', mine: 'own' }],
    });
  });

  test('the same change by both is no clash, and nothing equals an empty text', () => {
    const both = { ...seen, phone: '200', location: '' };
    expect(mergeValues(seen, both, both)).toEqual({ taken: {}, clashes: [] });
    expect(mergeValues({ a: null }, { a: '' }, {})).toEqual({ taken: {}, clashes: [] });
  });
});

test('blanks around a text are no change', () => {
  const seen = { name: '江望', phone: '138****0012' };
  const mine = { name: ' 江望 ', phone: '13700000000' };
  const newest = { name: '江望舒', phone: '139****0001' };
  expect(mergeValues(seen, newest, mine)).toEqual({
    taken: { name: '江望舒' },
    clashes: [{ path: 'phone', theirs: '139****0001', mine: '13700000000' }],
  });
});

describe('what is sent', () => {
  test('leaves out what nobody answered, keeps no and none', () => {
    const values = { a: '', b: null, c: undefined, d: 0, e: false, f: [], g: { h: '', i: 1 } };
    expect(givenValues(values)).toEqual({ d: 0, e: false, f: [], g: { i: 1 } });
  });

  test('answers have one path each, lists are whole', () => {
    expect(flattenValues({ staff: { doctors: 3 }, codes: ['x'] })).toEqual({
      'staff.doctors': 3,
      codes: ['x'],
    });
  });
});
