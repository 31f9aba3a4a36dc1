import dayjs from 'dayjs';
import type { CSSProperties } from 'react';
import { t } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import { spanOf, type Window } from '../lanes';
import type { Lane, LanePiece } from '../types';

/** The hours above the lanes. */
export function LaneScale({ window }: { window: Window }) {
  const hours = Array.from({ length: window.to - window.from }, (_, index) => window.from + index);
  return (
    <div className="resources-lane resources-lane-scale" aria-hidden="true">
      <span />
      <span className="resources-lane-hours">
        {hours.map((hour) => (
          <span key={hour}>{String(hour).padStart(2, '0')}</span>
        ))}
      </span>
    </div>
  );
}

interface LaneRowProps {
  lane: Lane;
  date: string;
  window: Window;
  now: number;
  chosen: boolean;
  onChoose: () => void;
}

/** One device and its day. The whole lane opens the device; each piece says who and why. */
export function LaneRow({ lane, date, window, now, chosen, onChoose }: LaneRowProps) {
  const { equipment, pieces } = lane;
  const here = spanOf(
    { start_at: new Date(now).toISOString(), end_at: new Date(now).toISOString() },
    date,
    window,
  );
  const isToday = dayjs(date).isSame(now, 'day');
  const hours = { '--resources-hours': window.to - window.from } as CSSProperties;
  return (
    <button type="button" className="resources-lane" aria-pressed={chosen} onClick={onChoose}>
      <span className="resources-lane-name">
        <span>
          <strong>{equipment.kind}</strong> {equipment.name}
        </span>
        {equipment.state === 'out-of-service' ? (
          <StatusTag plain tone="overdue" label={t('resources.equipment-state.out-of-service')} />
        ) : (
          <span className="lt-muted">{idleText(pieces)}</span>
        )}
      </span>
      <span className="resources-lane-track" style={hours}>
        {pieces.map((piece) => {
          const span = spanOf(piece, date, window);
          return (
            <span
              key={`${piece.kind}${piece.start_at}`}
              className="resources-piece"
              data-piece={pieceLook(piece)}
              title={pieceStory(piece)}
              style={{ left: `${span.left}%`, width: `${span.width}%` }}
            >
              <span className="resources-piece-text">{pieceText(piece)}</span>
            </span>
          );
        })}
        {isToday && <span className="resources-lane-now" style={{ left: `${here.left}%` }} />}
      </span>
    </button>
  );
}

function pieceLook(piece: LanePiece): string {
  return piece.kind === 'open' && piece.channel === 'green' ? 'green' : piece.kind;
}

function pieceText(piece: LanePiece): string {
  if (piece.kind === 'hold') return piece.held_for ?? '';
  return piece.kind === 'maintenance' ? t('resources.piece.maintenance') : '';
}

/** When, what, for whom. */
export function pieceStory(piece: LanePiece): string {
  const time = `${dayjs(piece.start_at).format('HH:mm')}–${dayjs(piece.end_at).format('HH:mm')}`;
  const parts = [time, t(`resources.piece.${pieceLook(piece)}`)];
  if (piece.held_for) parts.push(piece.held_for);
  if (piece.hold_state) parts.push(t(`resources.hold-state.${piece.hold_state}`));
  return parts.join(' · ');
}

const MINUTE_MS = 60_000;

/** How many minutes of the day nobody has taken. */
function idleText(pieces: LanePiece[]): string {
  const open = pieces.filter((piece) => piece.kind === 'open');
  const minutes = open.reduce(
    (sum, piece) => sum + (Date.parse(piece.end_at) - Date.parse(piece.start_at)) / MINUTE_MS,
    0,
  );
  return t('resources.equipment.idle', { hours: (minutes / 60).toFixed(1) });
}
