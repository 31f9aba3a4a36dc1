/** What waits, what went wrong, and what the dispatcher says. */
import { ThunderboltFilled } from '@ant-design/icons';
import { t, textOr } from '@/i18n';
import { clockState, shortTimeText, spanText, useNow } from '@/kit/time';
import type { QueueRow, Wall } from '../types';
import { pageOf, pagesOf, queueFigures } from '../wall';
import { Figure, Panel } from './Panel';
import type { PanelsProps } from './PlacesPanels';

const QUEUE_ROWS = 6;
const ALERT_ROWS = 5;
const MESSAGE_ROWS = 3;

export function QueuePanel({ wall, turn, changed }: PanelsProps) {
  const rows = wall.queue.pressing;
  const figures = queueFigures(wall.queue.counts);
  return (
    <Panel
      name="queue"
      title={t('dispatch.queue')}
      pages={pagesOf(rows.length, QUEUE_ROWS)}
      page={turn}
      figures={
        <>
          <Figure
            label={t('dispatch.waiting')}
            value={figures.waiting}
            tone={figures.waiting > 0 ? 'soon' : 'done'}
            glow={changed.has('waiting')}
          />
          <Figure
            label={t('dispatch.escalated')}
            value={figures.escalated}
            tone={figures.escalated > 0 ? 'overdue' : 'plain'}
            glow={changed.has('escalated')}
          />
          <Figure
            label={t('dispatch.expected')}
            value={figures.expected}
            glow={changed.has('expected')}
          />
          <Figure
            label={t('dispatch.arrived')}
            value={figures.arrived}
            glow={changed.has('arrived')}
          />
          <Figure
            label={t('dispatch.going-down')}
            value={figures.down}
            glow={changed.has('down')}
          />
        </>
      }
    >
      {rows.length === 0 && <p className="wall-empty">{t('dispatch.nothing-waits')}</p>}
      {pageOf(rows, QUEUE_ROWS, turn).map((row) => (
        <QueueLine key={row.id} row={row} glow={changed.has(row.id)} />
      ))}
    </Panel>
  );
}

/** A case without its patient: kind, way, state and clock. */
function QueueLine({ row, glow }: { row: QueueRow; glow: boolean }) {
  const now = useNow();
  const clock = clockState(row.since, row.due_at, now);
  const urgent = row.kind === 'emergency' || row.priority === 'emergency';
  const words =
    clock.left_ms === null
      ? t('kit.clock.waited', { time: spanText(clock.waited_ms) })
      : t(clock.tone === 'overdue' ? 'kit.clock.over' : 'kit.clock.left', {
          time: spanText(clock.left_ms),
        });
  return (
    <div className={glow ? 'wall-row wall-glow' : 'wall-row'}>
      <span className="wall-kind" data-tone={urgent ? 'emergency' : undefined}>
        {urgent && <ThunderboltFilled aria-hidden="true" />}{' '}
        {textOr(row.kind, `dispatch.kind.${row.kind}`)}
      </span>
      <span className="wall-name">
        {row.from_org_name} → {row.to_org_name}
      </span>
      <span className="wall-note">{textOr(row.state, `dispatch.state.${row.state}`)}</span>
      <b data-tone={clock.tone}>{words}</b>
    </div>
  );
}

export function AlertsPanel({ wall, turn }: { wall: Wall; turn: number }) {
  const now = useNow();
  const rows = wall.alerts;
  return (
    <Panel
      name="alerts"
      title={t('dispatch.alerts')}
      pages={pagesOf(rows.length, ALERT_ROWS)}
      page={turn}
    >
      {rows.length === 0 && <p className="wall-empty">{t('dispatch.no-alerts')}</p>}
      {pageOf(rows, ALERT_ROWS, turn).map((alert) => (
        <div
          key={alert.seq}
          className={now - Date.parse(alert.at) < 60_000 ? 'wall-row wall-glow' : 'wall-row'}
        >
          <b data-tone="overdue">
            {textOr(alert.event, `dispatch.alert.${alert.event.replace('.', '-')}`)}
          </b>
          <time className="wall-time">{shortTimeText(alert.at, now)}</time>
          <span className="wall-name">{[alert.org, alert.peer].filter(Boolean).join(' → ')}</span>
        </div>
      ))}
    </Panel>
  );
}

const LOUDNESS = { emergency: 0, warning: 1, info: 2 };

export function MessagesPanel({ wall, turn }: { wall: Wall; turn: number }) {
  const now = useNow();
  const rows = wall.messages.toSorted((a, b) => LOUDNESS[a.level] - LOUDNESS[b.level]);
  return (
    <Panel
      name="messages"
      title={t('dispatch.messages')}
      pages={pagesOf(rows.length, MESSAGE_ROWS)}
      page={turn}
    >
      {rows.length === 0 && <p className="wall-empty">{t('dispatch.no-messages')}</p>}
      {pageOf(rows, MESSAGE_ROWS, turn).map((message) => (
        <div key={message.id} className="wall-message" data-level={message.level}>
          <p>
            <b>{t(`dispatch.level.${message.level}`)}</b> {message.text}
          </p>
          <span>
            {message.sent_by} · {shortTimeText(message.sent_at, now)}
          </span>
        </div>
      ))}
    </Panel>
  );
}
