import { CloseOutlined, DisconnectOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useConnection } from '@/api/events';
import { serverNow } from '@/api/serverTime';
import { readStatus, useSession } from '@/api/session';
import { t } from '@/i18n';
import { PathLink } from '@/kit/PathLink';
import { ErrorState } from '@/kit/States';
import { forceScheme } from '@/kit/theme';
import { dateTimeText } from '@/kit/time';
import { BedsPanel, EquipmentPanel, SlotsPanel } from '../parts/PlacesPanels';
import { AlertsPanel, MessagesPanel, QueuePanel } from '../parts/QueuePanels';
import type { Wall } from '../types';
import { PLACE_FIELDS, queueFigures, sumPlaces, useChanged, useTurn, useWall } from '../wall';
import '../wall.css';

/** Older than this, the figures may no longer be trusted: the wall says so. */
const OLD_MS = 90_000;
/** A page that stands for a week starts anew now and then, at night. */
const RELOAD_HOUR = 4;

/** The dispatch wall: read from three metres, alone for a week. */
export default function WallPage() {
  const wall = useWall();
  useDark();
  useNightlyReload();
  return (
    <div className="wall">
      <WallHead at={wall.data?.at} failed={wall.isError || wall.failureCount > 0} />
      {!wall.data && wall.isError && <ErrorState error={wall.error} />}
      {wall.data && <Panels wall={wall.data} />}
    </div>
  );
}

function useDark(): void {
  useEffect(() => {
    forceScheme('dark');
    return () => forceScheme(null);
  }, []);
}

/** Once a day the page loads anew: a new version, and no memory of a week. */
function useNightlyReload(): void {
  useEffect(() => {
    const opened = new Date();
    const timer = setInterval(() => {
      const now = new Date();
      const nextDay = now.getDate() !== opened.getDate();
      if (nextDay && now.getHours() === RELOAD_HOUR && navigator.onLine) window.location.reload();
    }, 10 * 60_000);
    return () => clearInterval(timer);
  }, []);
}

function WallHead({ at, failed }: { at: string | undefined; failed: boolean }) {
  const session = useSession();
  const status = useQuery({ queryKey: ['status'], queryFn: readStatus, staleTime: Infinity });
  const now = useSecond();
  const connection = useConnection();
  const old = at ? now - Date.parse(at) > OLD_MS : false;
  const broken = connection !== 'live' || failed || old;
  return (
    <header className="wall-head">
      <h1>
        {status.data?.name || session.assignment.org_name} · {t('dispatch.title')}
      </h1>
      {broken && at && (
        <span className="wall-broken" role="status">
          <DisconnectOutlined aria-hidden="true" />{' '}
          {t('dispatch.as-of', { at: dateTimeText(at).slice(11) })}
        </span>
      )}
      <time className="wall-clock">{clockText(now)}</time>
      <PathLink to="/dispatch" className="wall-leave" aria-label={t('dispatch.leave')}>
        <CloseOutlined />
      </PathLink>
    </header>
  );
}

function useSecond(): number {
  const [now, setNow] = useState(serverNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function clockText(now: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const at = new Date(now);
  return `${dateTimeText(now)}:${two(at.getSeconds())}`;
}

function Panels({ wall }: { wall: Wall }) {
  const turn = useTurn();
  const changed = useChanged(figuresOf(wall));
  return (
    <main className="wall-panels">
      <BedsPanel wall={wall} turn={turn} changed={changed} />
      <QueuePanel wall={wall} turn={turn} changed={changed} />
      <AlertsPanel wall={wall} turn={turn} />
      <SlotsPanel wall={wall} turn={turn} changed={changed} />
      <EquipmentPanel wall={wall} turn={turn} changed={changed} />
      <MessagesPanel wall={wall} turn={turn} />
    </main>
  );
}

/** Every figure on the wall under a name, so that a change can glow. */
function figuresOf(wall: Wall): Record<string, number | string> {
  const figures: Record<string, number | string> = { ...queueFigures(wall.queue.counts) };
  for (const field of PLACE_FIELDS) {
    figures[field] = sumPlaces(wall, field);
    for (const member of wall.members) {
      figures[`${member.org_id}.${field}`] = member.places[field];
    }
  }
  for (const device of wall.equipment) {
    figures[`${device.kind}.idle`] = device.idle;
    figures[`${device.kind}.busy`] = device.busy;
  }
  for (const row of wall.queue.pressing) figures[row.id] = row.state;
  return figures;
}
