import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { PrintButton, PrintSheet } from '@/kit/Print';
import { dateTimeText } from '@/kit/time';
import type { Box } from '../lists';
import type { ReferralRow } from '../types';
import { kindText, stateText } from '../words';
import { sexAge } from './bits';

/** The rows on screen as a list on paper. */
export function PrintList({ rows, box }: { rows: ReferralRow[]; box: Box }) {
  const session = useSession();
  if (rows.length === 0) return null;
  const heads = [
    'number',
    'patient',
    'diagnosis',
    'kind',
    'state',
    'from',
    'to',
    'submitted',
    'clock',
  ];
  const sheet = () => (
    <PrintSheet
      title={t(`referral.print.list.${box}`)}
      issuer={session.assignment.org_name}
      printedBy={session.account.name}
    >
      <table className="referral-print-list">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head === 'clock' ? t('referral.field.due') : t(`referral.field.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>{row.number}</td>
              <td>
                {row.patient_name} {sexAge(row.patient_sex, row.patient_age_years)}
              </td>
              <td>{row.diagnosis ?? ''}</td>
              <td>{kindText(row.kind)}</td>
              <td>{stateText(row.state)}</td>
              <td>{row.from_org_name}</td>
              <td>{[row.to_org_name, row.to_department_name].filter(Boolean).join(' ')}</td>
              <td>{dateTimeText(row.submitted_at ?? row.created_at)}</td>
              <td>{row.due_at ? dateTimeText(row.due_at) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PrintSheet>
  );
  return (
    <PrintButton
      button={{ size: 'small' }}
      label={t('referral.print.list.button')}
      sheets={sheet}
    />
  );
}
