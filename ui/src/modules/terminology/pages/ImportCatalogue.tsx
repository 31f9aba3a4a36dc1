import { InboxOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input, Upload } from 'antd';
import { useState } from 'react';
import { call, newKey } from '@/api/client';
import type { ApiError } from '@/api/errors';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { FormErrors } from '@/kit/FormErrors';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { toast } from '@/kit/toast';
import type { CatalogueReport, RowProblem } from '../types';
import { systemName, useSystems } from './Systems';

interface Attempt {
  file: File;
  dry_run: boolean;
}

/** A catalogue from a file: first what would change, then all of it or nothing. */
export default function ImportCatalogue() {
  const system = useRouteParam('system');
  const [file, setFile] = useState<File | null>(null);
  const [edition, setEdition] = useState('');
  const queries = useQueryClient();
  const systems = useSystems();
  const go = useGo();
  const about = systems.data?.find((one) => one.system === system);
  const run = useMutation<CatalogueReport, ApiError, Attempt>({
    mutationFn: ({ file: chosen, dry_run }) =>
      call<CatalogueReport>('POST', `/api/terminology/${system}/import`, {
        query: { dry_run, edition: edition.trim() || undefined },
        body: new Blob([chosen], { type: 'text/csv' }),
        headers: { 'Content-Type': 'text/csv', 'Idempotency-Key': newKey() },
      }),
    onSuccess: async (report) => {
      if (!report.applied) return;
      toast.success(t('terminology.imported'));
      await queries.invalidateQueries({ queryKey: ['code-system'] });
      go(`/terminology/${system}`);
    },
  });
  const report = run.data;
  const ready = report && !report.applied && report.problem_count === 0;
  return (
    <Page
      title={t('terminology.import-into', { name: about ? systemName(about) : system })}
      back={`/terminology/${system}`}
    >
      <Section title={t('terminology.file')}>
        <div className="lt-stack">
          <p className="lt-muted">{t('terminology.file-hint')}</p>
          <Upload.Dragger
            accept=".csv,text/csv"
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              run.mutate({ file: chosen, dry_run: true });
              return false;
            }}
            onRemove={() => {
              setFile(null);
              run.reset();
            }}
          >
            <p>
              <InboxOutlined aria-hidden="true" /> {t('terminology.drop')}
            </p>
          </Upload.Dragger>
          <label>
            {t('terminology.edition')}
            <Input
              maxLength={60}
              value={edition}
              onChange={(event) => setEdition(event.target.value)}
            />
          </label>
        </div>
      </Section>
      <FormErrors error={run.error} />
      {report && file && (
        <Section title={t('terminology.report')}>
          <div className="lt-stack">
            <Facts
              items={(['rows', 'added', 'changed', 'unchanged'] as const).map((name) => ({
                label: t(`terminology.report-${name}`),
                value: report[name].toLocaleString('en-US'),
              }))}
            />
            {report.problem_count > 0 ? (
              <>
                <Alert
                  type="error"
                  showIcon
                  title={t('terminology.problems', { n: report.problem_count })}
                />
                <Problems problems={report.problems} />
              </>
            ) : (
              <Alert type="success" showIcon title={t('terminology.fine')} />
            )}
            {ready && (
              <div>
                <Button
                  type="primary"
                  loading={run.isPending}
                  onClick={() => run.mutate({ file, dry_run: false })}
                >
                  {t('terminology.apply')}
                </Button>
              </div>
            )}
          </div>
        </Section>
      )}
    </Page>
  );
}

function Problems({ problems }: { problems: RowProblem[] }) {
  return (
    <DataTable<RowProblem>
      id="terminology.problems"
      label={t('terminology.report')}
      rows={problems}
      rowKey={(row) => `${row.line} ${row.column} ${row.code}`}
      quiet
      plain
      columns={[
        {
          key: 'line',
          title: t('terminology.line'),
          width: 70,
          align: 'right',
          render: (row) => row.line,
        },
        {
          key: 'column',
          title: t('terminology.column'),
          width: 120,
          render: (row) => row.column,
        },
        { key: 'detail', title: t('terminology.problem'), width: 420, render: (row) => row.detail },
      ]}
    />
  );
}
