/** What an edit changed in a text, line by line. */

export interface Changed {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** The lines of both texts in order: those that stay, go, come. */
export function changedLines(before: readonly string[], after: readonly string[]): Changed[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const same = (text: string): Changed => ({ kind: 'same', text });
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, before.length - tail), after.slice(start, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** By the longest common run of lines: only what lies between the equal ends is compared. */
function middle(left: readonly string[], right: readonly string[]): Changed[] {
  const lengths = commonLengths(left, right);
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  const lines: Changed[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const [gone, came] = [left[i], right[j]];
    if (gone !== undefined && gone === came) {
      lines.push({ kind: 'same', text: gone });
      i++;
      j++;
    } else if (gone !== undefined && (came === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'gone', text: gone });
      i++;
    } else if (came !== undefined) {
      lines.push({ kind: 'new', text: came });
      j++;
    }
  }
  return lines;
}

function commonLengths(left: readonly string[], right: readonly string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    new Array<number>(right.length + 1).fill(0),
  );
  for (let i = left.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? [];
    const below = lengths[i + 1] ?? [];
    for (let j = right.length - 1; j >= 0; j--) {
      row[j] =
        left[i] === right[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
