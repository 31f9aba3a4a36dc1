import { DownloadOutlined, InboxOutlined } from '@ant-design/icons';
import { Button, Upload } from 'antd';
import { call, type Page as Rows } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { FormErrors } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import type { Tone } from '@/kit/tokens';
import { usePages } from '@/kit/usePages';
import type { ImportState, ImportSummary, Import as Roster } from '../types';

const TONES: Record<ImportState, Tone> = { ready: 'waiting', faulty: 'overdue', applied: 'done' };

export function ImportTag({ state }: { state: ImportState }) {
  return <StatusTag tone={TONES[state]} label={t(`exchange.state.${state}`)} />;
}

/** Rosters: the template, a new file to look at, and those that were. */
export default function Imports() {
  const go = useGo();
  const pages = usePages<ImportSummary>(['import', 'list'], (after, signal) =>
    call<Rows<ImportSummary>>('GET', '/api/imports', { query: { after }, signal }),
  );
  const upload = useCommand(
    ({ file }: { file: File; name: string; at: number }, headers) => {
      const form = new FormData();
      form.append('file', file, file.name);
      return call<Roster>('POST', '/api/imports', { body: form, headers });
    },
    { invalidates: [['import']], onSuccess: (made) => go(`/imports/${made.id}`) },
  );
  return (
    <Page
      wide
      title={t('exchange.title')}
      actions={
        <Button
          icon={<DownloadOutlined />}
          onClick={() => void download('/api/imports/template.xlsx', {}, 'roster-template.xlsx')}
        >
          {t('exchange.template')}
        </Button>
      }
    >
      <Section title={t('exchange.upload')}>
        <p className="lt-muted">{t('exchange.upload-hint')}</p>
        <FormErrors error={upload.error} />
        <Upload.Dragger
          accept=".xlsx,.csv"
          showUploadList={false}
          disabled={upload.isPending}
          beforeUpload={(file) => {
            upload.mutate({ file, name: file.name, at: Date.now() });
            return false;
          }}
        >
          <p>
            <InboxOutlined aria-hidden="true" />{' '}
            {t(upload.isPending ? 'exchange.looking' : 'exchange.drop')}
          </p>
        </Upload.Dragger>
      </Section>
      <DataTable<ImportSummary>
        id="exchange.imports"
        label={t('exchange.history')}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => go(`/imports/${row.id}`)}
        tools={<strong>{t('exchange.history')}</strong>}
        empty={<EmptyState title={t('exchange.none')} hint={t('exchange.none-hint')} />}
        columns={[
          {
            key: 'file',
            title: t('exchange.file'),
            width: 260,
            always: true,
            render: (row) => row.file_name,
          },
          {
            key: 'state',
            title: t('exchange.state-title'),
            width: 110,
            render: (row) => <ImportTag state={row.state} />,
          },
          {
            key: 'rows',
            title: t('exchange.rows'),
            width: 80,
            align: 'right',
            render: (row) => row.rows,
          },
          {
            key: 'errors',
            title: t('exchange.severity.error'),
            width: 80,
            align: 'right',
            render: (row) => row.error_count,
          },
          {
            key: 'warnings',
            title: t('exchange.severity.warning'),
            width: 80,
            align: 'right',
            render: (row) => row.warning_count,
          },
          {
            key: 'by',
            title: t('exchange.by'),
            width: 110,
            render: (row) => row.uploaded_by,
          },
          {
            key: 'at',
            title: t('exchange.at'),
            width: 150,
            render: (row) => <DateTime at={row.created_at} />,
          },
          {
            key: 'applied',
            title: t('exchange.applied-at'),
            width: 150,
            render: (row) => <DateTime at={row.applied_at} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{row.file_name}</strong>
              <ImportTag state={row.state} />
            </span>
            <span className="lt-muted">
              {row.uploaded_by} · <DateTime at={row.created_at} />
            </span>
          </>
        )}
      />
    </Page>
  );
}
