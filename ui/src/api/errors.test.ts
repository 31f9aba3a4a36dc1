import { expect, test } from 'vitest';
import { ApiError, asApiError, OFFLINE_CODE, parseProblem, UNKNOWN_CODE } from './errors';

test('a problem document becomes a typed error', () => {
  const error = parseProblem(
    422,
    JSON.stringify({
      type: 'about:blank',
      title: 'Rule',
      status: 422,
      detail: '该号源刚刚被占用。',
      code: 'resources.slot-taken',
      trace_id: '0192f0',
      errors: [{ path: 'slot_id', code: 'taken' }, { code: 'no-path' }],
      data: { next: ['a', 'b', 'c'] },
    }),
  );
  expect(error).toMatchObject({
    status: 422,
    code: 'resources.slot-taken',
    detail: '该号源刚刚被占用。',
    trace_id: '0192f0',
    errors: [{ path: 'slot_id', code: 'taken' }],
    data: { next: ['a', 'b', 'c'] },
  });
  expect(error.transient).toBe(false);
});

test('an answer that is no problem document still has a code', () => {
  const error = parseProblem(502, '<html>Bad gateway</html>');
  expect(error).toMatchObject({ status: 502, code: UNKNOWN_CODE, detail: '', errors: [] });
  expect(error.transient).toBe(true);
  expect(parseProblem(500, 'null').code).toBe(UNKNOWN_CODE);
});

test('a failed fetch means that the line is down', () => {
  const error = asApiError(new TypeError('Failed to fetch'));
  expect(error.code).toBe(OFFLINE_CODE);
  expect(error.offline).toBe(true);
  expect(asApiError(error)).toBe(error);
});

test('only a missing session counts as signed out', () => {
  expect(parseProblem(401, '{"code":"access.not-signed-in"}').signedOut).toBe(true);
  expect(parseProblem(401, '{"code":"session.wrong"}').signedOut).toBe(false);
});

test.each([
  [403, 'forbidden'],
  [404, 'notFound'],
  [410, 'notFound'],
  [412, 'stale'],
] as const)('%i reads as %s', (status, property) => {
  expect(new ApiError({ status, code: 'x.y', detail: '' })[property]).toBe(true);
});
