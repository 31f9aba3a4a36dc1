/** A case as a row: columns of the table, and the row on a phone. */
import { t } from '@/i18n';
import type { Column } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { PathLink } from '@/kit/PathLink';
import type { Box } from '../lists';
import type { ReferralRow } from '../types';
import { CaseClock, KindTag, Marks, PatientLine, StateTag } from './bits';

function since(row: ReferralRow): string {
  return row.submitted_at ?? row.created_at;
}

function fromText(row: ReferralRow): string {
  return [row.from_org_name, row.from_doctor_name].filter(Boolean).join(' · ');
}

function toText(row: ReferralRow): string {
  return [row.to_org_name, row.to_department_name].filter(Boolean).join(' · ');
}

export function referralColumns(box: Box): Column<ReferralRow>[] {
  const from: Column<ReferralRow> = {
    key: 'from',
    title: t('referral.field.from'),
    width: 176,
    render: fromText,
    hidden: box === 'outbox',
  };
  const to: Column<ReferralRow> = {
    key: 'to',
    title: t('referral.field.to'),
    width: 176,
    render: toText,
    hidden: box === 'inbox',
  };
  return [
    {
      key: 'patient',
      title: t('referral.field.patient'),
      width: 176,
      always: true,
      render: (row) => (
        <span className="lt-row">
          <PathLink to={`/referral/${row.id}`} className="referral-open">
            <PatientLine
              name={row.patient_name}
              sex={row.patient_sex}
              age={row.patient_age_years}
            />
          </PathLink>
          <Marks red_flags={row.red_flags} readmission={row.readmission} />
        </span>
      ),
    },
    {
      key: 'diagnosis',
      title: t('referral.field.diagnosis'),
      width: 160,
      render: (row) => row.diagnosis ?? <span className="lt-muted">—</span>,
    },
    {
      key: 'kind',
      title: t('referral.field.kind'),
      width: 130,
      render: (row) => <KindTag kind={row.kind} priority={row.priority} />,
    },
    {
      key: 'state',
      title: t('referral.field.state'),
      width: 128,
      render: (row) => <StateTag state={row.state} />,
    },
    {
      key: 'clock',
      title: t('referral.field.clock'),
      width: 150,
      render: (row) => (
        <CaseClock
          state={row.state}
          since={since(row)}
          due={row.due_at}
          waitsFor={row.waits_for_org_id === row.to_org_id ? row.to_org_name : row.from_org_name}
        />
      ),
    },
    from,
    to,
    {
      key: 'place',
      title: t('referral.field.place'),
      width: 170,
      hidden: true,
      render: (row) => row.place_name ?? <span className="lt-muted">—</span>,
    },
    {
      key: 'expected',
      title: t('referral.field.expected'),
      width: 140,
      hidden: true,
      render: (row) => <DateTime at={row.expected_at} />,
    },
    {
      key: 'service',
      title: t('referral.field.service'),
      width: 90,
      hidden: true,
      render: (row) => t(`referral.service.${row.service}`),
    },
    {
      key: 'submitted',
      title: t('referral.field.submitted'),
      width: 140,
      render: (row) => <DateTime at={since(row)} />,
    },
    {
      key: 'number',
      title: t('referral.field.number'),
      width: 190,
      hidden: true,
      render: (row) => <span className="lt-figures">{row.number}</span>,
    },
  ];
}

export function ReferralPhoneRow({ row, box }: { row: ReferralRow; box: Box }) {
  return (
    <span className="referral-phone-row">
      <span className="referral-phone-line">
        <span className="lt-row">
          <PatientLine name={row.patient_name} sex={row.patient_sex} age={row.patient_age_years} />
          <Marks red_flags={row.red_flags} readmission={row.readmission} />
        </span>
        <StateTag state={row.state} />
      </span>
      <span className="lt-muted">
        {[row.diagnosis, box === 'outbox' ? row.to_org_name : row.from_org_name]
          .filter(Boolean)
          .join(' · ')}
      </span>
      <span className="referral-phone-line">
        <KindTag kind={row.kind} priority={row.priority} />
        <CaseClock plain state={row.state} since={since(row)} due={row.due_at} />
      </span>
    </span>
  );
}
