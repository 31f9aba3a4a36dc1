import { InboxOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Upload } from 'antd';
import { useState } from 'react';
import { call, newKey } from '@/api/client';
import { type ApiError, asApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Facts } from '@/kit/Page';
import { toast } from '@/kit/toast';
import { BASE } from '../queries';
import type { MapReport, TermMap } from '../types';
import { Dialog } from './Dialog';
import { Problems } from './Problems';

/** A map from a file: first what would change, then all of it or nothing. */
export function ImportMap({ map }: { map: TermMap }) {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<MapReport | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const send = (chosen: File, dry_run: boolean) =>
    call<MapReport>('POST', `${BASE}/maps/${map.id}/import`, {
      query: { dry_run },
      body: new Blob([chosen]),
      headers: { 'Content-Type': 'application/octet-stream', 'Idempotency-Key': newKey() },
    });
  async function look(chosen: File) {
    setFile(chosen);
    setReport(null);
    setError(null);
    try {
      setReport(await send(chosen, true));
    } catch (thrown) {
      setError(asApiError(thrown));
    }
  }
  return (
    <Dialog
      label={t('terminology.import')}
      title={t('terminology.import-map')}
      okText={t('terminology.apply')}
      ready={report !== null && report.problem_count === 0 && report.added + report.changed > 0}
      onOpen={() => {
        setFile(null);
        setReport(null);
        setError(null);
      }}
      onOk={async () => {
        if (!file) return;
        await send(file, false);
        toast.success(t('terminology.imported'));
        await queries.invalidateQueries({ queryKey: ['concept-map'] });
      }}
    >
      <p className="lt-muted">{t('terminology.map-file-hint')}</p>
      <Upload.Dragger
        accept=".xlsx,.csv,.json"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(chosen) => {
          void look(chosen);
          return false;
        }}
      >
        <p>
          <InboxOutlined aria-hidden="true" /> {file?.name ?? t('terminology.drop')}
        </p>
      </Upload.Dragger>
      <FormErrors error={error} />
      {report && (
        <>
          <Facts
            items={(['rows', 'added', 'changed', 'unchanged'] as const).map((name) => ({
              label: t(`terminology.report-${name}`),
              value: report[name].toLocaleString('en-US'),
            }))}
          />
          {report.problem_count > 0 && (
            <>
              <Alert
                type="error"
                showIcon
                title={t('terminology.problems', { n: report.problem_count })}
              />
              <Problems problems={report.problems} />
            </>
          )}
        </>
      )}
    </Dialog>
  );
}
