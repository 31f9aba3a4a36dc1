import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { asApiError } from '@/api/errors';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';

interface SignedInDevice {
  id: string;
  created_at: string;
  seen_at?: string | null;
  address?: string | null;
  agent?: string | null;
  current: boolean;
}

/** Where I am signed in; another device can be signed out from here. */
export function Sessions() {
  const sessions = useQuery({
    queryKey: ['session', 'devices'],
    queryFn: () => call<{ items: SignedInDevice[] }>('GET', '/api/session/devices'),
  });
  async function end(device: SignedInDevice) {
    await call('DELETE', `/api/session/devices/${device.id}`);
    toast.success(t('account.sessions.ended'));
    await sessions.refetch();
  }
  // A server without this list offers nothing to do here.
  if (sessions.isError && asApiError(sessions.error).notFound) return null;
  return (
    <Section title={t('account.sessions.title')}>
      {sessions.isPending && <LinesSkeleton rows={3} />}
      {sessions.isError && (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      {sessions.data && (
        <DataTable<SignedInDevice>
          id="account.sessions"
          label={t('account.sessions.title')}
          rows={sessions.data.items}
          rowKey={(device) => device.id}
          empty={<EmptyState title={t('account.sessions.empty')} />}
          quiet
          plain
          columns={[
            {
              key: 'agent',
              title: t('account.sessions.device'),
              width: 260,
              render: (device) => (
                <span className="lt-row">
                  {deviceName(device.agent)}
                  {device.current && <StatusTag tone="active" label={t('account.sessions.this')} />}
                </span>
              ),
            },
            {
              key: 'address',
              title: t('account.sessions.address'),
              width: 140,
              render: (device) => device.address,
            },
            {
              key: 'created',
              title: t('account.sessions.since'),
              width: 150,
              render: (device) => <DateTime at={device.created_at} />,
            },
            {
              key: 'seen',
              title: t('account.sessions.seen'),
              width: 120,
              render: (device) => <DateTime at={device.seen_at} show="relative" />,
            },
            {
              key: 'end',
              title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
              width: 120,
              align: 'right',
              render: (device) =>
                !device.current && (
                  <ConfirmAction
                    label={t('account.sessions.end')}
                    title={t('account.sessions.end')}
                    consequence={t('account.sessions.end-consequence')}
                    onConfirm={() => end(device)}
                    button={{ size: 'small' }}
                  />
                ),
            },
          ]}
        />
      )}
    </Section>
  );
}

/** Browser and system out of a user-agent line: enough to recognise one's own device. */
export function deviceName(agent: string | null | undefined): string {
  if (!agent) return '—';
  const browser = /(Edg|Firefox|Chrome|Safari)\/(\d+)/.exec(agent);
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|HarmonyOS|Linux)/.exec(agent);
  const name = browser ? `${browser[1] === 'Edg' ? 'Edge' : browser[1]} ${browser[2]}` : agent;
  return system ? `${name} · ${system[1]}` : name.slice(0, 40);
}
