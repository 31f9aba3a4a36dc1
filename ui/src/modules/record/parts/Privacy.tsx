/** Who may see the record, and who did, on one page. */
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { Section } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import type { PatientRecord } from '../types';
import { basisText, basisTone } from '../words';
import { AccessLog } from './AccessLog';
import { Consents } from './Consents';

export function Privacy({ record }: { record: PatientRecord }) {
  const can = useCan();
  return (
    <>
      <Section title={t('record.privacy.why')}>
        <p className="record-plain">
          <StatusTag tone={basisTone(record.basis)} label={basisText(record.basis)} />{' '}
          {t(`record.privacy.basis.${record.basis.kind}`)}
        </p>
      </Section>
      <Consents record={record} />
      <Section title={t('record.access.title')}>
        {can('record.audit') ? (
          <AccessLog id={record.patient.id} />
        ) : (
          <p className="record-plain lt-muted">{t('record.privacy.log-elsewhere')}</p>
        )}
      </Section>
    </>
  );
}
