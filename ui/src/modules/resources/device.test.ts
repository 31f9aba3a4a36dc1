import { expect, test } from 'vitest';
import { inputOf, placeOf, valuesOf } from './device';
import type { Equipment } from './types';

const DEVICE = {
  id: 'd1',
  version: 3,
  org_id: 'o1',
  department_id: null,
  kind: 'CT',
  code: 'CT-1',
  name: '64 排 CT',
  model: null,
  hours: [{ weekdays: [5, 1], start: '08:00', end: '24:00', channel: 'green' }],
  exams: [{ code: 'CT01', name: '头颅平扫', minutes: 15, price: 23_050, preparation: null }],
  state: 'in-service',
  note: null,
  actions: [],
} as Equipment;

test('a device goes into its form and out again, money in yuan there and in 分 here', () => {
  const values = valuesOf(DEVICE);
  expect(values.exams[0]?.price_yuan).toBe(230.5);
  expect(inputOf('o1', { ...values, model: ' ' })).toEqual({
    org_id: 'o1',
    department_id: undefined,
    kind: 'CT',
    code: 'CT-1',
    name: '64 排 CT',
    model: undefined,
    hours: [{ weekdays: [1, 5], start: '08:00', end: '24:00', channel: 'green' }],
    exams: [{ code: 'CT01', name: '头颅平扫', minutes: 15, price: 23_050, preparation: undefined }],
  });
});

test.each([
  ['exams.code', 'exams'],
  ['minutes', 'exams'],
  ['hours', 'hours'],
  ['name', 'name'],
])('a refusal of %s stands at %s', (path, place) => {
  expect(placeOf(path)).toBe(place);
});
