import { t } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import type { PatientBrief } from '../types';
import { sexAge } from '../words';

/** Who it is, in two lines. */
export function PatientText({ patient }: { patient: PatientBrief }) {
  return (
    <span className="record-text">
      <span>
        <b>{patient.name}</b> {sexAge(patient.sex, patient.age_years, patient.birth_date)}{' '}
        <PatientMarks patient={patient} />
      </span>
      <span className="lt-muted lt-figures">
        {[patient.birth_date, patient.identifier, patient.phone, patient.village]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </span>
  );
}

export function PatientMarks({ patient }: { patient: PatientBrief }) {
  return (
    <>
      {patient.severe_allergy && (
        <StatusTag plain tone="overdue" label={t('record.severe-allergy')} />
      )}
      {patient.deceased && <StatusTag plain tone="neutral" label={t('record.deceased')} />}
      {!patient.identified && <StatusTag plain tone="soon" label={t('record.unidentified')} />}
    </>
  );
}
