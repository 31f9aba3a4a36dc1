import { expect, test } from 'vitest';
import { ApiError } from '@/api/errors';
import { rowErrors } from './rowErrors';

const refusal = (...paths: string[]) =>
  new ApiError({
    status: 422,
    code: 'network.dates-reversed',
    detail: '结束早于开始',
    errors: paths.map((path) => ({ path, code: 'network.dates-reversed' })),
  });
const pathsOf = (error: ApiError) => error.errors.map((one) => one.path);

test('a refusal of a row stands at its field', () => {
  expect(pathsOf(rowErrors(refusal('ends_on', 'sites[1]'), 'sites', 'org_id'))).toEqual([
    'sites.1.ends_on',
  ]);
});

test('a row with no field named is told at its first one', () => {
  expect(pathsOf(rowErrors(refusal('items[0]'), 'items', 'id'))).toEqual(['items.0.id']);
});

test('other refusals stay as they are', () => {
  const other = refusal('number');
  expect(rowErrors(other, 'items', 'id')).toBe(other);
});
