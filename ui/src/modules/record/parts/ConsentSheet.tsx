/** A consent on paper, to be signed. */
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { PrintSheet } from '@/kit/Print';
import { dateText, dateTimeText } from '@/kit/time';
import { parted } from '@/kit/words';
import { usePatient } from '../api';
import type { Consent } from '../types';
import type { ConsentWords } from './consentWords';

export function ConsentSheet({ consent, words }: { consent: Consent; words: ConsentWords }) {
  const session = useSession();
  const record = usePatient(consent.patient_id);
  const patient = record.data?.patient;
  const deny = consent.decision === 'deny';
  const guardian = consent.given_by;
  const rows: [string, string][] = [
    [t('record.consent.sheet-who'), parted(filled(patient?.name, patient?.birth_date))],
    [t('record.consent.sheet-grantee'), parted(filled(words.who, words.reach))],
    [t('record.consent.sheet-what'), parted(filled(words.parts, words.time))],
    [t('record.consent.sheet-purpose'), consent.purpose],
    [
      t('record.consent.sheet-until'),
      consent.expires_at
        ? `${dateText(consent.given_at)} – ${dateText(consent.expires_at)}`
        : t('record.consent.until-withdrawn'),
    ],
    [
      t('record.consent.sheet-given'),
      parted(
        filled(words.author, dateTimeText(consent.given_at), guardian?.relation, guardian?.name),
      ),
    ],
  ];
  if (!deny) {
    const none = t('record.consent.sheet-none');
    rows.splice(3, 0, [t('record.consent.sheet-sensitive'), words.sensitive || none]);
  }
  return (
    <PrintSheet
      title={t(deny ? 'record.consent.sheet-deny' : 'record.consent.sheet')}
      issuer={session.assignment.org_name}
      printedBy={session.account.name}
    >
      <table>
        <tbody>
          {rows.map(([label, value]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{t('record.consent.sheet-rights')}</p>
      <p>{t('record.consent.sheet-signature')}</p>
    </PrintSheet>
  );
}

function filled(...parts: (string | null | undefined)[]): string[] {
  return parts.filter((part): part is string => Boolean(part));
}
