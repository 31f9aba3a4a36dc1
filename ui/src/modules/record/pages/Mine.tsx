import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { QrCode } from '@/kit/Codes';
import { Page, Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { useMyPatients } from '../api';
import { AccessLog } from '../parts/AccessLog';
import { PatientText } from '../parts/PatientText';
import '../record.css';

/** A resident's own page: who looked at my record, and my children's. */
export default function Mine() {
  const mine = useMyPatients(useCan()('record.audit'));
  return (
    <Page title={t('record.mine.title')}>
      {mine.isPending && <LinesSkeleton rows={6} />}
      {mine.isError && <ErrorState error={mine.error} onRetry={() => void mine.refetch()} />}
      {mine.data?.length === 0 && (
        <EmptyState title={t('record.mine.none')} hint={t('record.mine.none-hint')} />
      )}
      {(mine.data ?? []).map((patient) => (
        <Section key={patient.id} title={t('record.access.title')}>
          <PatientText patient={patient} />
          <AccessLog id={patient.id} />
        </Section>
      ))}
      {mine.data && <MyNumber />}
    </Page>
  );
}

/** What the desk scans to tie a record to this account. */
function MyNumber() {
  const { id } = useSession().account;
  return (
    <Section title={t('record.mine.number')}>
      <div className="record-number-card">
        <QrCode value={id} label={t('record.mine.number')} size={144} />
        <div>
          <p className="record-plain">{t('record.mine.number-hint')}</p>
          <code>{id}</code>
        </div>
      </div>
    </Section>
  );
}
