import { expect, test } from 'vitest';
import { fieldOf, sourceOf } from './sources';

test('what another system says is sent as it came, without what was left open', () => {
  const source = sourceOf({
    org_id: 'o',
    system: ' HIS ',
    local_number: '000123',
    name: '江望',
    birth_date: '1958-3-16',
    phone: ' ',
    identifiers: [{ kind: 'insurance', value: 'A1' }, { kind: 'passport' }, {}],
    former_names: ['江王', ''],
  });
  expect(source).toMatchObject({ org_id: 'o', system: 'HIS', local_number: '000123' });
  expect(source.demographics).toEqual({
    name: '江望',
    former_names: ['江王'],
    sex: null,
    birth_date: '1958-3-16',
    phone: null,
    address: null,
    village: null,
    card_verified: false,
    identifiers: [{ kind: 'insurance', value: 'A1' }],
  });
});

test('a refusal stands at the field of the form', () => {
  expect(fieldOf('demographics.phone')).toBe('phone');
  expect(fieldOf('demographics.identifiers')).toBe('identifiers');
  expect(fieldOf('system')).toBe('system');
});
