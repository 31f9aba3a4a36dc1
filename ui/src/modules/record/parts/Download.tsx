/** One's own record to take along: as a file for other systems, and on paper. */
import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { type ApiError, asApiError } from '@/api/errors';
import { serverNow } from '@/api/serverTime';
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { PrintButton } from '@/kit/Print';
import { ErrorState } from '@/kit/States';
import { dateText } from '@/kit/time';
import { useOrgName } from '../api';
import { type Collected, collect } from '../fhir/collect';
import { RecordSheet } from './RecordSheet';

interface DownloadProps {
  patient_id: string;
  name: string;
}

export function Download({ patient_id, name }: DownloadProps) {
  const [count, setCount] = useState<number | null>(null);
  const [collected, setCollected] = useState<Collected | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const stop = useRef<AbortController | null>(null);
  const session = useSession();
  const orgName = useOrgName();
  useEffect(() => () => stop.current?.abort(), []);
  async function read() {
    stop.current = new AbortController();
    setError(null);
    setCount(0);
    try {
      setCollected(await collect(patient_id, setCount, stop.current.signal));
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) setError(asApiError(thrown));
    } finally {
      setCount(null);
    }
  }
  if (error) return <ErrorState error={error} onRetry={() => void read()} />;
  if (!collected) {
    return (
      <>
        <p className="record-plain">{t('record.download.hint')}</p>
        <Button type="primary" loading={count !== null} onClick={() => void read()}>
          {count === null
            ? t('record.download.prepare')
            : t('record.download.reading', { n: count })}
        </Button>
      </>
    );
  }
  return (
    <>
      <p className="record-plain" role="status">
        {t('record.download.ready', { n: collected.resources.length })}
      </p>
      <div className="lt-row">
        <Button
          type="primary"
          icon={<DownloadOutlined />}
          onClick={() =>
            save(collected.file, `${t('record.download.file')}-${dateText(serverNow())}.json`)
          }
        >
          {t('record.download.save')}
        </Button>
        <PrintButton
          label={t('record.download.print')}
          sheets={() => (
            <RecordSheet
              name={name}
              resources={collected.resources}
              orgName={orgName}
              printedBy={session.account.name}
            />
          )}
        />
      </div>
      <p className="record-plain lt-muted">{t('record.download.care')}</p>
    </>
  );
}

function save(text: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/fhir+json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
