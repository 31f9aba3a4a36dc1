/**
 * The typed line to the server. Every call carries the reader's language; every command carries
 * the CSRF token and an idempotency key, so a repeated click or a retried request acts once.
 */
import createClient from 'openapi-fetch';
import { language } from '@/i18n';
import { asApiError, errorFrom } from './errors';
import type { paths } from './schema.gen';
import { learnServerTime } from './serverTime';

const CSRF_COOKIE = 'lianti_csrf';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

type Listener = () => void;
const signedOutListeners = new Set<Listener>();

/** Called whenever the server says that the session is over. */
export function onSignedOut(listener: Listener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Tells the application that the session is over. */
export function announceSignedOut(): void {
  for (const listener of signedOutListeners) listener();
}

/** `api.GET('/api/referrals/{id}', …)`, typed by the server's own API document. */
export const api = createClient<paths>({ baseUrl: '', fetch: send });

/** A page of a keyset list. `next` is absent on the last page. */
export interface Page<Row> {
  items: Row[];
  next?: string | null;
}

/** An answer with the version it carries, to be sent back as `If-Match`. */
export interface Versioned<Body> {
  body: Body;
  version: string;
}

interface Answer<Body> {
  data?: Body;
  response: Response;
}

/** The body of a typed call; refusals are thrown as `ApiError`. */
export async function body<Body>(call: Promise<Answer<Body>>): Promise<Body> {
  return (await call).data as Body;
}

/** The body of a typed call together with its version (the `ETag`). */
export async function versioned<Body>(call: Promise<Answer<Body>>): Promise<Versioned<Body>> {
  const answer = await call;
  return { body: answer.data as Body, version: versionOf(answer.response) };
}

export interface CallOptions {
  query?: Record<string, string | number | boolean | string[] | null | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * An untyped call, for the few addresses outside the API document and for downloads' metadata.
 * Prefer `api`.
 */
export async function call<Body>(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Body> {
  return bodyOf<Body>(await sendTo(method, path, options));
}

/** As `call`, together with the version that the answer carries. */
export async function callVersioned<Body>(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Versioned<Body>> {
  const response = await sendTo(method, path, options);
  return { body: await bodyOf<Body>(response), version: versionOf(response) };
}

/** A file: its bytes and the name that the server gives it. */
export async function callFile(
  path: string,
  query?: CallOptions['query'],
): Promise<{ blob: Blob; name: string | undefined }> {
  const response = await sendTo('GET', path, { query });
  const disposition = response.headers.get('content-disposition') ?? '';
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
  return { blob: await response.blob(), name: encoded ? decodeURIComponent(encoded) : plain };
}

function sendTo(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers = new Headers(options.headers);
  const init: RequestInit = { method, headers, signal: options.signal };
  if (options.body instanceof FormData || options.body instanceof Blob) {
    init.body = options.body;
  } else if (options.body !== undefined) {
    headers.set('Content-Type', 'application/json');
    init.body = JSON.stringify(options.body);
  }
  return send(new Request(withQuery(path, options.query), init));
}

async function bodyOf<Body>(response: Response): Promise<Body> {
  if (response.status === 204) return undefined as Body;
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Body;
}

/** The header that makes a command fail if the row has moved on since it was read. */
export function ifMatch(version: string | number): Record<string, string> {
  return { 'If-Match': `"${version}"` };
}

/** The version in an answer's `ETag`, without its quotes. */
export function versionOf(response: Response): string {
  return (response.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '');
}

/** A path with its query; empty values are left out and lists repeat their name. */
export function withQuery(path: string, query: CallOptions['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', language());
  if (!SAFE_METHODS.has(request.method)) {
    const token = cookie(CSRF_COOKIE);
    if (token) request.headers.set('X-CSRF-Token', token);
    if (!request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', newKey());
    }
  }
  let response: Response;
  try {
    response = await fetch(request);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
    throw asApiError(thrown);
  }
  learnServerTime(response.headers.get('date'));
  if (response.ok) return response;
  const error = await errorFrom(response);
  if (error.signedOut && !request.url.endsWith('/api/session')) announceSignedOut();
  throw error;
}

/** A fresh idempotency key. Plain-http pages off loopback have no `randomUUID`. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function cookie(name: string): string | undefined {
  const prefix = `${name}=`;
  const found = document.cookie.split('; ').find((part) => part.startsWith(prefix));
  return found && decodeURIComponent(found.slice(prefix.length));
}
