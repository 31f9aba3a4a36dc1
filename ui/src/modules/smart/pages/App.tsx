import { Alert, Button, Typography } from 'antd';
import { useState } from 'react';
import { call, ifMatch, newKey, type Versioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { inputOf, useApp } from '../queries';
import type { AppRow } from '../types';
import { AppTag } from '../words';
import '../smart.css';

/** One app: who answers for it, what it may ask for, how it is used. */
export default function App() {
  const app = useApp(useRouteParam('id'));
  if (app.isPending) return <PageSkeleton />;
  if (app.isError) {
    return <ErrorState page error={app.error} onRetry={() => void app.refetch()} />;
  }
  return <Shown app={app.data} />;
}

function Shown({ app }: { app: Versioned<AppRow> }) {
  const go = useGo();
  const can = useCan();
  const orgName = useOrgName();
  const row = app.body;
  const [secret, setSecret] = useState<string>();
  return (
    <Page
      title={row.name}
      back="/smart/apps"
      meta={<AppTag state={row.state} />}
      actions={
        can('smart.manage') && (
          <>
            <RevokeAll app={row} />
            {row.client === 'secret' && <NewSecret app={row} onMade={setSecret} />}
            <Stop app={app} />
            <Button type="primary" onClick={() => go(`/smart/apps/${row.id}/edit`)}>
              {t('smart.edit')}
            </Button>
          </>
        )
      }
    >
      {secret && <SecretNote secret={secret} />}
      <Section>
        <Facts
          items={[
            {
              label: 'client_id',
              value: (
                <Typography.Text copyable code>
                  {row.id}
                </Typography.Text>
              ),
              wide: true,
            },
            { label: t('smart.field.description'), value: row.description || null, wide: true },
            { label: t('smart.field.org'), value: orgName(row.org_id) },
            { label: t('smart.field.client'), value: t(`smart.client.${row.client}`) },
            {
              label: t('smart.field.everyone'),
              value: t(row.everyone ? 'smart.everyone.yes' : 'smart.everyone.no'),
            },
            { label: t('smart.field.account'), value: row.account },
            { label: t('smart.field.grants'), value: row.grants },
            {
              label: t('smart.field.used'),
              value: row.used_at ? <DateTime at={row.used_at} /> : t('smart.never'),
            },
            { label: t('smart.field.created'), value: <DateTime at={row.created_at} /> },
            {
              label: t('smart.field.launch_url'),
              value: <Codes of={[row.launch_url]} />,
              wide: true,
            },
            {
              label: t('smart.field.redirect_uris'),
              value: <Codes of={row.redirect_uris} />,
              wide: true,
            },
            { label: t('smart.field.scopes'), value: <Codes of={row.scopes} />, wide: true },
            {
              label: t('smart.field.keys'),
              value: row.jwks_url ? (
                <Codes of={[row.jwks_url]} />
              ) : row.jwks ? (
                t('smart.kept')
              ) : null,
              wide: true,
            },
          ]}
        />
      </Section>
    </Page>
  );
}

function Codes({ of }: { of: (string | null)[] }) {
  const texts = of.filter((one): one is string => Boolean(one));
  if (texts.length === 0) return <span className="lt-muted">—</span>;
  return (
    <span className="smart-codes">
      {texts.map((one) => (
        <code key={one}>{one}</code>
      ))}
    </span>
  );
}

export function SecretNote({ secret }: { secret: string }) {
  return (
    <Alert
      type="warning"
      showIcon
      className="smart-note"
      title={t('smart.secret.title')}
      description={
        <>
          <p>{t('smart.secret.hint')}</p>
          <Typography.Text copyable code>
            {secret}
          </Typography.Text>
        </>
      }
    />
  );
}

function RevokeAll({ app }: { app: AppRow }) {
  const revoke = useCommand(
    (_: string, headers) =>
      call<{ grants: number }>('POST', `/api/smart/apps/${app.id}/revoke`, { headers }),
    { invalidates: [['smart-app']] },
  );
  return (
    <ConfirmAction
      label={t('smart.revoke.label')}
      title={t('smart.revoke.title')}
      consequence={t('smart.revoke.consequence')}
      onConfirm={async () => {
        const { grants } = await revoke.mutateAsync(newKey());
        toast.success(t('smart.revoke.done', { n: grants }));
      }}
    />
  );
}

function NewSecret({ app, onMade }: { app: AppRow; onMade: (secret: string) => void }) {
  return (
    <ConfirmAction
      label={t('smart.secret.new')}
      title={t('smart.secret.new')}
      consequence={t('smart.secret.consequence')}
      onConfirm={async () => {
        const made = await call<{ secret: string }>('POST', `/api/smart/apps/${app.id}/secret`, {});
        onMade(made.secret);
      }}
    />
  );
}

function Stop({ app }: { app: Versioned<AppRow> }) {
  const active = app.body.state === 'active';
  const put = useCommand(
    (state: AppRow['state'], headers) =>
      call<AppRow>('PUT', `/api/smart/apps/${app.body.id}`, {
        body: { ...inputOf(app.body), state },
        headers: { ...headers, ...ifMatch(app.version) },
      }),
    { invalidates: [['smart-app']] },
  );
  if (!active) {
    return (
      <Button
        loading={put.isPending}
        onClick={() => put.mutate('active', { onError: (error) => toast.error(error) })}
      >
        {t('smart.start')}
      </Button>
    );
  }
  return (
    <ConfirmAction
      label={t('smart.stop.label')}
      title={t('smart.stop.title')}
      consequence={t('smart.stop.consequence')}
      onConfirm={() => put.mutateAsync('stopped')}
    />
  );
}
