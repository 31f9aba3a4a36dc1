/** Two JSON bodies side by side: the lines of each, with what differs marked. */

export interface DiffLine {
  before?: string;
  after?: string;
  changed: boolean;
}

/** Lines of both bodies, matched by their longest common run. */
export function sideBySide(before: unknown, after: unknown): DiffLine[] {
  const left = linesOf(before);
  const right = linesOf(after);
  const lengths = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ before: left[i++], after: right[j++], changed: false });
    } else if (
      j >= right.length ||
      (i < left.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1))
    ) {
      lines.push({ before: left[i++], changed: true });
    } else {
      lines.push({ after: right[j++], changed: true });
    }
  }
  return joined(lines);
}

/** A body as indented text. */
export function linesOf(body: unknown): string[] {
  return JSON.stringify(body, null, 2).split('\n');
}

/** A gone line and a new one next to each other are one changed line. */
function joined(lines: DiffLine[]): DiffLine[] {
  const result: DiffLine[] = [];
  for (const line of lines) {
    const gap = line.changed && line.before === undefined ? firstGap(result) : undefined;
    if (gap) gap.after = line.after;
    else result.push({ ...line });
  }
  return result;
}

/** The first line of the changed run at the end that has no right side yet. */
function firstGap(lines: DiffLine[]): DiffLine | undefined {
  const from = lines.findLastIndex((line) => !line.changed) + 1;
  return lines.slice(from).find((line) => line.after === undefined);
}

function commonLengths(left: string[], right: string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    new Array<number>(right.length + 1).fill(0),
  );
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (!row) continue;
      row[j] =
        left[i] === right[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: number[][], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
