/** What kind of screen this is. */
import { useSyncExternalStore } from 'react';
import { PHONE_WIDTH_MAX_PX } from './tokens';

const phone = window.matchMedia(`(max-width: ${PHONE_WIDTH_MAX_PX}px)`);

/** Whether to lay out for a phone. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener);
      return () => phone.removeEventListener('change', listener);
    },
    () => phone.matches,
  );
}
