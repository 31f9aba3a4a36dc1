/** A day of a device as pieces of a bar. */
import dayjs from 'dayjs';
import type { Lane } from './types';

const FIRST_HOUR_USUAL = 8;
const LAST_HOUR_USUAL = 18;
const MINUTES = 60;

export interface Window {
  from: number;
  to: number;
}

/** The hours shown: the working day, wider where a device is open or taken longer. */
export function windowOf(lanes: Lane[], date: string): Window {
  const day = dayjs(date).startOf('day');
  const hourOf = (at: string, up: boolean) => {
    const minutes = dayjs(at).diff(day, 'minute');
    return up ? Math.ceil(minutes / MINUTES) : Math.floor(minutes / MINUTES);
  };
  const pieces = lanes.flatMap((lane) => lane.pieces);
  const from = Math.min(FIRST_HOUR_USUAL, ...pieces.map((one) => hourOf(one.start_at, false)));
  const to = Math.max(LAST_HOUR_USUAL, ...pieces.map((one) => hourOf(one.end_at, true)));
  return { from: Math.max(0, from), to: Math.min(24, to) };
}

/** Where a piece stands in the window, in per cent. */
export function spanOf(piece: { start_at: string; end_at: string }, date: string, window: Window) {
  const start = dayjs(date).startOf('day').add(window.from, 'hour');
  const length = (window.to - window.from) * MINUTES;
  const left = (100 * dayjs(piece.start_at).diff(start, 'minute')) / length;
  const right = (100 * dayjs(piece.end_at).diff(start, 'minute')) / length;
  return { left: Math.max(0, left), width: Math.min(100, right) - Math.max(0, left) };
}
