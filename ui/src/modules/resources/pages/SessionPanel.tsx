import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { call } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Money } from '@/kit/Money';
import { Facts } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { dateTimeText } from '@/kit/time';
import { toast } from '@/kit/toast';
import type { Tone } from '@/kit/tokens';
import { act, practitionerOptions, useSpecialtyName } from '../queries';
import type { Session, Slot } from '../types';
import { HoldButton } from './HoldButton';
import { Bar } from './SessionCell';

const SLOT_TONES: Record<Slot['state'], Tone> = {
  open: 'done',
  held: 'soon',
  used: 'active',
  stopped: 'neutral',
};

/** One session: its slots, and stopping, resuming or substituting it. */
export function SessionPanel({ id }: { id: string }) {
  const orgName = useOrgName();
  const specialty = useSpecialtyName();
  const session = useQuery({
    queryKey: ['clinic-session', id],
    queryFn: ({ signal }) => call<Session>('GET', `/api/resources/sessions/${id}`, { signal }),
    meta: { follows: ['hold'] },
  });
  if (session.isPending) return <LinesSkeleton />;
  if (session.isError) {
    return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
  }
  const one = session.data;
  const reread = () => void session.refetch();
  return (
    <div className="lt-stack">
      <div className="lt-row">
        <strong>{one.name}</strong>
        <StatusTag
          tone={one.state === 'open' ? 'done' : 'overdue'}
          label={t(`resources.session-state.${one.state}`)}
        />
      </div>
      <Actions session={one} onDone={reread} />
      <Facts
        items={[
          {
            label: t('resources.time'),
            value: `${dateTimeText(one.start_at)}–${dayjs(one.end_at).format('HH:mm')}`,
          },
          {
            label: t('resources.practitioner'),
            value: one.substituted
              ? t('resources.slots.instead', {
                  who: one.practitioner ?? '—',
                  was: one.substituted,
                })
              : one.practitioner,
          },
          { label: t('resources.org'), value: orgName(one.org_id) },
          { label: t('resources.specialty'), value: specialty(one.specialty) },
          { label: t('resources.room'), value: one.room },
          { label: t('resources.fee'), value: <Money fen={one.price} /> },
          { label: t('resources.reason'), value: one.reason, wide: true },
        ]}
      />
      <div>
        {one.quotas.map((bar) => (
          <Bar key={`${bar.channel}${bar.org_id}`} bar={bar} wide />
        ))}
      </div>
      <Slots session={one} onHeld={reread} />
    </div>
  );
}

interface SlotsProps {
  session: Session;
  onHeld: () => void;
}

/** The slots one by one: for whom each is kept, how it stands, and taking it. */
function Slots({ session, onHeld }: SlotsProps) {
  const orgName = useOrgName();
  const timeOf = (slot: Slot) => dayjs(slot.start_at).format('HH:mm');
  const keptFor = (slot: Slot) =>
    slot.quota_org_id ? orgName(slot.quota_org_id) : t(`resources.channel-short.${slot.channel}`);
  const hold = (slot: Slot) =>
    slot.is_open_to_me && (
      <HoldButton
        place={{ kind: 'slot', slot_id: slot.id }}
        name={t('resources.slots.slot-name', { clinic: session.name, n: slot.number })}
        org={orgName(session.org_id)}
        start_at={slot.start_at}
        onHeld={onHeld}
      />
    );
  return (
    <DataTable<Slot>
      id="resources.session-slots"
      label={t('resources.slots.slots')}
      rows={session.slots ?? []}
      rowKey={(slot) => slot.id}
      quiet
      plain
      phoneRow={(slot) => (
        <div className="resources-slot">
          <div>
            <span className="lt-row lt-figures">
              <b>{timeOf(slot)}</b> {slot.number}
              <span className="lt-muted">{keptFor(slot)}</span>
            </span>
            <SlotState slot={slot} />
          </div>
          {hold(slot)}
        </div>
      )}
      columns={[
        {
          key: 'number',
          title: t('resources.slots.number'),
          width: 60,
          align: 'right',
          render: (slot) => slot.number,
        },
        { key: 'time', title: t('resources.time'), width: 70, render: timeOf },
        { key: 'channel', title: t('resources.channel'), width: 110, render: keptFor },
        {
          key: 'state',
          title: t('resources.state'),
          width: 170,
          render: (slot) => <SlotState slot={slot} />,
        },
        {
          key: 'hold',
          title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
          width: 80,
          align: 'right',
          render: hold,
        },
      ]}
    />
  );
}

function SlotState({ slot }: { slot: Slot }) {
  return (
    <>
      <StatusTag
        plain
        tone={SLOT_TONES[slot.state]}
        label={t(`resources.slot-state.${slot.state}`)}
      />
      {slot.held_for && (
        <div className="lt-muted">
          {slot.held_for}
          {slot.held_until && ` · ${dateTimeText(slot.held_until)}`}
        </div>
      )}
    </>
  );
}

function Actions({ session, onDone }: { session: Session; onDone: () => void }) {
  const [substitute, setSubstitute] = useState<string>();
  const path = `/api/resources/sessions/${session.id}`;
  async function run(verb: string, body?: unknown) {
    await act(`${path}/${verb}`, session.version, body);
    toast.success(t(`resources.session-done.${verb}`));
    onDone();
  }
  const has = (verb: string) => session.actions.includes(verb);
  if (session.actions.length === 0) return null;
  return (
    <div className="lt-row">
      {has('resume') && (
        <Button type="primary" onClick={() => run('resume').catch(toast.error)}>
          {t('resources.session-action.resume')}
        </Button>
      )}
      {has('substitute') && (
        <ConfirmAction
          label={t('resources.session-action.substitute')}
          title={t('resources.session-action.substitute')}
          consequence={t('resources.slots.substitute-consequence', {
            n: session.slots_held + session.slots_used,
          })}
          note="required"
          danger={false}
          onConfirm={({ note }) => run('substitute', { practitioner_id: substitute, reason: note })}
        >
          <AsyncSelect
            queryKey={['practitioner', 'pick', session.org_id]}
            loadOptions={practitionerOptions(session.org_id)}
            aria-label={t('resources.slots.who')}
            placeholder={t('resources.slots.who')}
            value={substitute}
            onChange={setSubstitute}
          />
        </ConfirmAction>
      )}
      {has('stop') && (
        <ConfirmAction
          label={t('resources.session-action.stop')}
          title={t('resources.session-action.stop')}
          consequence={t('resources.slots.stop-consequence', { n: session.slots_held })}
          note="required"
          onConfirm={({ note }) => run('stop', { reason: note })}
        />
      )}
    </div>
  );
}
