/** Keyboard shortcuts: `mod+k`, `j`, `Enter`. Plain keys stay silent while someone types. */
import { useEffect, useRef } from 'react';

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

export function useHotkeys(keys: Hotkeys, enabled = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!enabled) return;
    function press(event: KeyboardEvent) {
      const name = hotkeyName(event);
      const handler = latest.current[name];
      if (!handler || event.isComposing) return;
      if (!name.startsWith('mod+') && isBusyTarget(event.target, name)) return;
      handler(event);
    }
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [enabled]);
}

/** `mod+` stands for Ctrl, and for Command on a Mac. */
export function hotkeyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

/** Escape means nothing to a button, so it goes on working with the focus on one. */
function isBusyTarget(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  if (['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) return true;
  return key !== 'Escape' && ['BUTTON', 'A'].includes(target.tagName);
}
