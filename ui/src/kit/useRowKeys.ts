/** J and K move through a list, Enter opens: shared by tables and plain lists. */
import { useEffect, useState } from 'react';
import { useHotkeys } from './hotkeys';

export interface RowKeysOptions {
  count: number;
  onOpen?: (index: number) => void;
  /** Other keys acting on the current row. */
  keys?: Record<string, (index: number) => void>;
  enabled?: boolean;
}

/** Which row is current; -1 while the keyboard has not been used. */
export function useRowKeys({ count, onOpen, keys, enabled = true }: RowKeysOptions) {
  const [current, setCurrent] = useState(-1);
  useEffect(() => {
    if (current >= count) setCurrent(count - 1);
  }, [count, current]);
  const onCurrent = (run?: (index: number) => void) => () => {
    if (current >= 0 && current < count) run?.(current);
  };
  const own = Object.entries(keys ?? {}).map(([key, run]) => [key, onCurrent(run)] as const);
  useHotkeys(
    {
      j: () => setCurrent((index) => Math.min(index + 1, count - 1)),
      k: () => setCurrent((index) => Math.max(index - 1, 0)),
      Enter: onCurrent(onOpen),
      ...Object.fromEntries(own),
    },
    enabled && count > 0,
  );
  return { current, setCurrent };
}
