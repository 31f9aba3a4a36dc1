/**
 * Live events. One stream from the server tells which kinds of thing changed; every query whose
 * key starts with that kind, or that follows it in its `meta`, is read again.
 */
import type { Query, QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { ApiError } from './errors';

export interface LiveEvent {
  seq: number;
  event: string;
  kind: string;
  id: string;
  org_id?: string | null;
}

export type Connection = 'live' | 'reconnecting' | 'offline';

/** Changes come in bursts; one reading for each burst is enough. */
const BURST_MS = 400;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;
/** A short break is no news: it is said only when it lasts. */
const QUIET_MS = 3_000;
const FORBIDDEN = 403;
/** Lists that any change may touch. */
const ALWAYS_KINDS = ['work', 'notice'];

let connection: Connection = 'live';
const connectionListeners = new Set<() => void>();
const eventListeners = new Set<(event: LiveEvent) => void>();

/** The state of the live line, for the mark in the top bar. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    () => connection,
  );
}

/** Hears every event, for screens that show the change itself (the wall). */
export function onLiveEvent(listener: (event: LiveEvent) => void): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

/** Whether a query must be read again after changes of these kinds. */
export function follows(
  query: Pick<Query, 'queryKey' | 'meta'>,
  kinds: ReadonlySet<string>,
): boolean {
  const [first] = query.queryKey;
  if (typeof first === 'string' && kinds.has(first)) return true;
  const followed = query.meta?.follows;
  return Array.isArray(followed) && followed.some((kind) => kinds.has(kind));
}

/**
 * What was refused is asked again only by the person: a refusal is itself an event, and asking anew
 * would go on for ever.
 */
function isRefused(query: Pick<Query, 'state'>): boolean {
  const { status, error } = query.state;
  return status === 'error' && error instanceof ApiError && error.status === FORBIDDEN;
}

/** Opens the stream and keeps it open; the answer closes it. */
export function startLive(queries: QueryClient, url = '/api/events'): () => void {
  let source: EventSource | null = null;
  let started_ms = 0;
  let greeted = false;
  let retry_ms = RETRY_FIRST_MS;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let burstTimer: ReturnType<typeof setTimeout> | undefined;
  let quietTimer: ReturnType<typeof setTimeout> | undefined;
  const pending = new Set<string>();

  function flush() {
    burstTimer = undefined;
    const kinds = new Set([...pending, ...ALWAYS_KINDS]);
    pending.clear();
    void queries.invalidateQueries({
      predicate: (query) => follows(query, kinds) && !isRefused(query),
    });
  }
  function receive(message: MessageEvent<string>) {
    const event = parseEvent(message.data);
    if (!event) return;
    pending.add(event.kind);
    burstTimer ??= setTimeout(flush, BURST_MS);
    for (const listener of eventListeners) listener(event);
  }
  function opened() {
    retry_ms = RETRY_FIRST_MS;
    clearTimeout(quietTimer);
    quietTimer = undefined;
    setConnection('live');
  }
  function failed() {
    if (!navigator.onLine) setConnection('offline');
    else quietTimer ??= setTimeout(() => setConnection('reconnecting'), QUIET_MS);
    // The browser retries by itself (with Last-Event-ID) unless it gave the stream up.
    if (source?.readyState !== EventSource.CLOSED) return;
    source.close();
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, retry_ms);
    retry_ms = Math.min(retry_ms * 2, RETRY_MAX_MS);
  }
  /**
   * The server cannot say what was missed. On the first greeting that only concerns what was read
   * before the line was asked for; later, everything.
   */
  function reset() {
    const first = !greeted;
    greeted = true;
    const old = (query: Query) => !first || query.state.dataUpdatedAt < started_ms;
    void queries.invalidateQueries({
      predicate: (query) => query.state.data !== undefined && old(query),
    });
  }
  function connect() {
    started_ms = Date.now();
    source = new EventSource(url);
    source.onopen = opened;
    source.onerror = failed;
    source.onmessage = receive;
    source.addEventListener('hello', () => {
      greeted = true;
    });
    source.addEventListener('reset', reset);
  }
  function online() {
    // A line from before the break may look open and be dead; a new one says what to read again.
    source?.close();
    clearTimeout(retryTimer);
    connect();
  }
  function offline() {
    setConnection('offline');
  }
  window.addEventListener('online', online);
  window.addEventListener('offline', offline);
  connect();
  return () => {
    window.removeEventListener('online', online);
    window.removeEventListener('offline', offline);
    clearTimeout(retryTimer);
    clearTimeout(burstTimer);
    clearTimeout(quietTimer);
    source?.close();
  };
}

/** Reads one message; anything malformed is skipped rather than breaking the stream. */
export function parseEvent(data: string): LiveEvent | null {
  try {
    const event = JSON.parse(data) as Partial<LiveEvent>;
    if (typeof event.kind !== 'string' || typeof event.seq !== 'number') return null;
    return { event: '', id: '', ...event } as LiveEvent;
  } catch {
    return null;
  }
}

function setConnection(next: Connection): void {
  if (connection === next) return;
  connection = next;
  for (const listener of connectionListeners) listener();
}
