import { expect, test } from 'vitest';
import { filterOperations, operationsOf } from './openapi';

const document = {
  paths: {
    '/api/beds/{id}': {
      get: {
        operationId: 'bed_get',
        summary: 'One bed.',
        tags: ['resources'],
        'x-permission': 'resources.read',
      },
      parameters: {},
    },
    '/api/accounts': {
      post: { operationId: 'account_create', summary: 'Make one.', tags: ['admin'] },
    },
  },
};

test('operations are listed by module, without what is no method', () => {
  const found = operationsOf(document);
  expect(found.map((one) => `${one.method} ${one.path}`)).toEqual([
    'POST /api/accounts',
    'GET /api/beds/{id}',
  ]);
  expect(found[1]?.permission).toBe('resources.read');
});

test('every word of a search must occur', () => {
  const found = operationsOf(document);
  expect(filterOperations(found, 'get bed').map((one) => one.id)).toEqual(['bed_get']);
  expect(filterOperations(found, 'get account')).toEqual([]);
});
