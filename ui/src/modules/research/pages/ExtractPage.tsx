import { DownloadOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { call, ifMatch, newKey } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t, textOr } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { type Fact, Facts, Page, Section } from '@/kit/Page';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { listed } from '@/kit/words';
import { ReportView } from '../parts/ReportView';
import { BASE, useExtract } from '../queries';
import type { Extract } from '../types';
import { columnText, kindText, StateTag } from '../words';

/** One extract: what was asked, who decided, what it has, and its files. */
export default function ExtractPage() {
  const id = useRouteParam('id');
  const found = useExtract(id);
  if (found.isPending) return <PageSkeleton />;
  if (!found.data) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <View extract={found.data.body} />;
}

function View({ extract }: { extract: Extract }) {
  return (
    <Page
      title={t('research.one')}
      back="/research"
      meta={<StateTag state={extract.state} />}
      actions={<Actions extract={extract} />}
    >
      {extract.state === 'failed' && (
        <Alert
          type="error"
          showIcon
          title={textOr(
            extract.failure ?? '',
            `research.failure.${extract.failure?.replace('research.', '')}`,
          )}
        />
      )}
      <Section title={t('research.request')}>
        <Facts items={facts(extract, useOrgName())} />
      </Section>
      {extract.files.length > 0 && <Files extract={extract} />}
      {extract.report && (
        <Section title={t('research.report.title')}>
          <ReportView report={extract.report} k={extract.asked.k} />
        </Section>
      )}
    </Page>
  );
}

function facts(extract: Extract, orgName: (id: string) => string): Fact[] {
  const { asked, requested, decided, withdrawn } = extract;
  const who = (label: string, act: typeof requested | null | undefined): Fact[] =>
    act
      ? [
          {
            label,
            value: (
              <>
                {act.name} · <DateTime at={act.at} />
                {act.note && <div className="lt-muted">{act.note}</div>}
              </>
            ),
          },
        ]
      : [];
  const live = ['requested', 'ready', 'downloaded'].includes(extract.state);
  return [
    { label: t('research.field.purpose'), value: asked.purpose, wide: true },
    { label: t('research.field.shape'), value: t(`research.shape.${asked.shape}`) },
    { label: t('research.period'), value: `${asked.from} – ${asked.to}` },
    {
      label: t('research.field.columns'),
      value: listed(asked.columns.map(columnText)),
      wide: true,
    },
    ...(asked.kinds?.length
      ? [{ label: t('research.field.kinds'), value: listed(asked.kinds.map(kindText)), wide: true }]
      : []),
    {
      label: t('research.field.quasi'),
      value: listed((asked.quasi_identifiers ?? []).map(columnText)),
      wide: true,
    },
    {
      label: t('research.field.organizations'),
      value: listed((asked.organizations ?? []).map(orgName)),
      wide: true,
    },
    { label: 'k', value: asked.k },
    { label: t('research.field.suppressed'), value: `${asked.suppressed_permille} ‰` },
    { label: t('research.field.dates'), value: t(`research.dates.${asked.dates}`) },
    ...who(t('research.requested-by'), requested),
    ...who(t('research.decided-by'), decided),
    ...who(t('research.withdrawn-by'), withdrawn),
    ...(live ? [{ label: t('research.ends'), value: <DateTime at={extract.ends_at} /> }] : []),
    ...(extract.downloads > 0
      ? [{ label: t('research.downloads'), value: extract.downloads }]
      : []),
  ];
}

function Actions({ extract }: { extract: Extract }) {
  const queries = useQueryClient();
  const act = (name: string) => async (words: { note?: string }) => {
    await call<Extract>('POST', `${BASE}/${extract.id}/${name}`, {
      body: { note: words.note ?? null },
      headers: { 'Idempotency-Key': newKey(), ...ifMatch(extract.version) },
    });
    await queries.invalidateQueries({ queryKey: ['research-extract'] });
    await queries.invalidateQueries({ queryKey: ['work'] });
  };
  const may = (name: string) => extract.actions.includes(name);
  return (
    <>
      {may('withdraw') && (
        <ConfirmAction
          label={t('research.withdraw')}
          title={t('research.withdraw')}
          consequence={t('research.withdraw-hint')}
          note="required"
          danger
          onConfirm={act('withdraw')}
        />
      )}
      {may('refuse') && (
        <ConfirmAction
          label={t('research.refuse')}
          title={t('research.refuse')}
          consequence={t('research.refuse-hint')}
          note="required"
          onConfirm={act('refuse')}
        />
      )}
      {may('approve') && (
        <ConfirmAction
          label={t('research.approve')}
          title={t('research.approve')}
          consequence={t('research.approve-hint')}
          note="optional"
          button={{ type: 'primary' }}
          onConfirm={act('approve')}
        />
      )}
    </>
  );
}

function Files({ extract }: { extract: Extract }) {
  const queries = useQueryClient();
  const mine = extract.actions.includes('download');
  const formats = extract.asked.shape === 'table' ? ['csv', 'xlsx'] : ['ndjson'];
  async function fetchFile(name: string, format: string) {
    await download(`${BASE}/${extract.id}/files/${name}`, { format }, `${name}.${format}`);
    await queries.invalidateQueries({ queryKey: ['research-extract'] });
  }
  return (
    <Section title={t('research.files')}>
      <div className="lt-stack">
        {!mine && <span className="lt-muted">{t('research.files-theirs')}</span>}
        {extract.files.map((file) => (
          <div key={file.name} className="lt-row">
            <strong>
              {file.name === 'table' ? t('research.shape.table') : kindText(file.name)}
            </strong>
            <span className="lt-muted">{t('research.rows', { n: file.rows })}</span>
            {mine &&
              formats.map((format) => (
                <Button
                  key={format}
                  size="small"
                  icon={<DownloadOutlined />}
                  aria-label={`${file.name} ${format}`}
                  onClick={() => void fetchFile(file.name, format)}
                >
                  {format}
                </Button>
              ))}
          </div>
        ))}
      </div>
    </Section>
  );
}
