import { afterEach, expect, test, vi } from 'vitest';
import { call, ifMatch, versionOf, withQuery } from './client';
import { follows, parseEvent } from './events';

afterEach(() => vi.restoreAllMocks());

function answer(status: number, body: unknown) {
  const sent: Request[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (request) => {
    sent.push(request as Request);
    return new Response(JSON.stringify(body), { status });
  });
  return sent;
}

test('a command carries language, token and key; a reading only the language', async () => {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie is what is tested
  document.cookie = 'lianti_csrf=a%2Bb';
  const sent = answer(200, { ok: true });
  await call('POST', 'http://localhost/api/x', { body: { a: 1 }, headers: ifMatch('3') });
  await call('GET', 'http://localhost/api/x');
  const [command, reading] = sent.map((request) => request.headers);
  expect(command?.get('X-CSRF-Token')).toBe('a+b');
  expect(command?.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{32,36}$/);
  expect(command?.get('If-Match')).toBe('"3"');
  expect(command?.get('Accept-Language')).toBe('zh-CN');
  expect(reading?.has('Idempotency-Key')).toBe(false);
  expect(reading?.has('X-CSRF-Token')).toBe(false);
});

test('a refusal is thrown', async () => {
  answer(409, { code: 'referral.live-request', detail: '已有进行中的转诊' });
  await expect(call('POST', 'http://localhost/api/x')).rejects.toMatchObject({
    status: 409,
    code: 'referral.live-request',
  });
});

test('queries leave out what is empty and repeat lists', () => {
  const query = { q: '', state: ['a', 'b'], late: true, after: undefined };
  expect(withQuery('/api/x', query)).toBe('/api/x?state=a&state=b&late=true');
  expect(withQuery('/api/x', {})).toBe('/api/x');
});

test('the version is the ETag without its dress', () => {
  const response = new Response(null, { headers: { ETag: 'W/"12"' } });
  expect(versionOf(response)).toBe('12');
});

test('events reach the queries of their kind and those that follow it', () => {
  const kinds = new Set(['bed']);
  expect(follows({ queryKey: ['bed', 'map'], meta: undefined }, kinds)).toBe(true);
  expect(follows({ queryKey: ['referral'], meta: { follows: ['bed'] } }, kinds)).toBe(true);
  expect(follows({ queryKey: ['referral'], meta: undefined }, kinds)).toBe(false);
  expect(parseEvent('{"seq":7,"event":"bed.held","kind":"bed","id":"1"}')?.seq).toBe(7);
  expect(parseEvent('not json')).toBeNull();
});
