/** Notices that the server is newer than this page. */
import { useSyncExternalStore } from 'react';

let firstVersion: string | null = null;
let outdated = false;
const listeners = new Set<() => void>();

/** Compares the server's version with the one this page started with. */
export function noteServerVersion(version: string): void {
  firstVersion ??= version;
  if (version !== firstVersion) markOutdated();
}

/** A missing chunk means the same: the files this page came from are gone. */
export function watchMissingChunks(): void {
  window.addEventListener('vite:preloadError', markOutdated);
}

export function useOutdated(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => outdated,
  );
}

export function reloadPage(): void {
  window.location.reload();
}

function markOutdated(): void {
  if (outdated) return;
  outdated = true;
  for (const listener of listeners) listener();
}
