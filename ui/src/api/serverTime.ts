/**
 * The server's time as this page knows it. Village computers have wrong clocks, and a waiting time
 * must be the same on both sides, so the difference is learned from the `Date` of each answer.
 */

/** `Date` headers have whole seconds and travel a while; smaller differences mean nothing. */
const NOISE_MS = 5_000;

let offset_ms = 0;

/** Notes the difference between this device and the server. */
export function learnServerTime(header: string | null): void {
  const server_ms = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(server_ms)) return;
  const difference_ms = server_ms - Date.now();
  offset_ms = Math.abs(difference_ms) < NOISE_MS ? 0 : difference_ms;
}

/** Milliseconds since 1970 by the server's clock. */
export function serverNow(): number {
  return Date.now() + offset_ms;
}
