import dayjs from 'dayjs';
import { t } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import { dateTimeText } from '@/kit/time';
import type { QuotaBar, Session } from '../types';

interface SessionCellProps {
  session: Session;
  chosen: boolean;
  onChoose: () => void;
}

/** One session in the calendar: when, what is left, how full each quota is. */
export function SessionCell({ session, chosen, onChoose }: SessionCellProps) {
  const stopped = session.state === 'stopped';
  return (
    <button
      type="button"
      className="resources-session"
      data-state={session.state}
      aria-pressed={chosen}
      title={session.reason ?? undefined}
      onClick={onChoose}
    >
      <span className="lt-figures">
        {dayjs(session.start_at).format('HH:mm')}–{dayjs(session.end_at).format('HH:mm')}
      </span>
      {stopped ? (
        <StatusTag plain tone="overdue" label={t('resources.session-state.stopped')} />
      ) : (
        <strong className="resources-left">
          {session.slots_open > 0
            ? t('resources.slots.left', { n: session.slots_open })
            : t('resources.slots.full')}
        </strong>
      )}
      {session.substituted && (
        <span className="lt-muted">
          {t('resources.slots.substitute', { who: session.practitioner ?? '' })}
        </span>
      )}
      {!stopped &&
        session.quotas.map((bar) => <Bar key={`${bar.channel}${bar.org_id}`} bar={bar} />)}
    </button>
  );
}

/** A quota: for whom, how many of how many. */
export function Bar({ bar, wide }: { bar: QuotaBar; wide?: boolean }) {
  const share = bar.places === 0 ? 0 : (100 * bar.taken) / bar.places;
  const name = bar.org_name ?? t(`resources.channel-short.${bar.channel}`);
  const story = [
    t(`resources.channels.${bar.channel}`),
    bar.org_name,
    t('resources.slots.taken-of', { taken: bar.taken, places: bar.places }),
    bar.release_at && t('resources.slots.opens', { at: dateTimeText(bar.release_at) }),
  ];
  return (
    <span
      className={wide ? 'resources-bar resources-bar-wide' : 'resources-bar'}
      title={story.filter(Boolean).join(' · ')}
    >
      <span className="resources-bar-name">{name}</span>
      <span className="resources-bar-track" data-channel={bar.channel} aria-hidden="true">
        <span style={{ width: `${share}%` }} />
      </span>
      <span className="lt-figures">
        {bar.taken}/{bar.places}
      </span>
    </span>
  );
}
