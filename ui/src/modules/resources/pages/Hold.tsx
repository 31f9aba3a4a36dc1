import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call } from '@/api/client';
import { t, textOr } from '@/i18n';
import { Clock } from '@/kit/Clock';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { Money } from '@/kit/Money';
import { Facts, Page, Section } from '@/kit/Page';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { act } from '../queries';
import type { HoldView } from '../types';
import { Owner } from './BedPanel';
import { HoldTag } from './Holds';

/** One hold, for the two members concerned. */
export default function Hold() {
  const id = useRouteParam('id');
  const hold = useQuery({
    queryKey: ['hold', id],
    queryFn: ({ signal }) => call<HoldView>('GET', `/api/resources/holds/${id}`, { signal }),
  });
  if (hold.isPending) return <PageSkeleton />;
  if (hold.isError) {
    return <ErrorState page error={hold.error} onRetry={() => void hold.refetch()} />;
  }
  const one = hold.data;
  const live = one.state === 'held' || one.state === 'confirmed';
  return (
    <Page
      title={one.place_name}
      back="/resources/holds"
      meta={
        <>
          <HoldTag state={one.state} />
          {live && <Clock since={one.held_at} due={one.expires_at} />}
        </>
      }
      actions={<Actions hold={one} onDone={() => void hold.refetch()} />}
    >
      <Section>
        <Facts
          items={[
            { label: t('resources.org'), value: one.org_name },
            { label: t('resources.for-org'), value: one.for_org_name },
            { label: t('resources.time'), value: <DateTime at={one.start_at} show="both" /> },
            { label: t('resources.channel'), value: t(`resources.channels.${one.channel}`) },
            {
              label: t('resources.hold.owner'),
              value: <Owner kind={one.owner_kind} id={one.owner_id} hold={one.id} />,
            },
            { label: t('resources.price'), value: <Money fen={one.price} /> },
            { label: t('resources.hold.at'), value: <DateTime at={one.held_at} show="both" /> },
            {
              label: t('resources.hold.until'),
              value: <DateTime at={one.expires_at} show="both" />,
            },
            { label: t('resources.hold.ended'), value: <DateTime at={one.ended_at} /> },
            {
              label: t('resources.reason'),
              value: one.reason && textOr(one.reason, `resources.hold-reason.${one.reason}`),
            },
          ]}
        />
      </Section>
    </Page>
  );
}

function Actions({ hold, onDone }: { hold: HoldView; onDone: () => void }) {
  const usual = dayjs(hold.start_at ?? undefined).add(1, 'day');
  const [until, setUntil] = useState<Dayjs | null>(usual);
  const path = `/api/resources/holds/${hold.id}`;
  async function run(verb: string, body?: unknown) {
    await act(`${path}/${verb}`, hold.version, body);
    toast.success(t(`resources.hold-done.${verb}`));
    onDone();
  }
  const has = (verb: string) => hold.actions.includes(verb);
  return (
    <>
      {has('consume') && (
        <Button type="primary" onClick={() => run('consume').catch(toast.error)}>
          {t('resources.hold-action.consume')}
        </Button>
      )}
      {has('confirm') && (
        <ConfirmAction
          label={t('resources.hold-action.confirm')}
          title={t('resources.hold-action.confirm')}
          consequence={t('resources.hold.confirm-consequence')}
          danger={false}
          button={{ type: 'primary' }}
          onConfirm={() => run('confirm', { until: (until ?? usual).toISOString() })}
        >
          <DatePicker
            className="lt-full"
            aria-label={t('resources.hold.until')}
            showTime={{ format: 'HH:mm', minuteStep: 5 }}
            format="YYYY-MM-DD HH:mm"
            value={until}
            onChange={setUntil}
          />
        </ConfirmAction>
      )}
      {has('release') && (
        <ConfirmAction
          label={t('resources.hold-action.release')}
          title={t('resources.hold-action.release')}
          consequence={t('resources.hold.release-consequence')}
          note="required"
          onConfirm={({ note }) => run('release', { reason: note })}
        />
      )}
    </>
  );
}
