import { useCan } from '@/api/session';
import { t } from '@/i18n';
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
    </Page>
  );
}
