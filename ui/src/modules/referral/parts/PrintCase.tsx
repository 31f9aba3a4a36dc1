/** 转诊单 and discharge summary on paper. */
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { PrintButton, PrintSheet } from '@/kit/Print';
import { dateTimeText } from '@/kit/time';
import { useOptions } from '../api';
import type { ReferralView } from '../types';
import { shownVitals } from '../vitals';
import { ageYears, kindText } from '../words';
import { sexAge } from './bits';
import { allergiesText, useReasonText } from './Clinical';
import { diagnosesText } from './Documents';

export function PrintCase({ referral }: { referral: ReferralView }) {
  const session = useSession();
  const by = `${session.assignment.org_name} ${session.account.name}`;
  if (referral.state === 'draft') return null;
  return (
    <>
      <PrintButton
        label={t('referral.print.sheet')}
        sheets={() => <ReferralSheet referral={referral} by={by} />}
      />
      {referral.discharge && (
        <PrintButton
          label={t('referral.print.summary')}
          sheets={() => <SummarySheet referral={referral} by={by} />}
        />
      )}
    </>
  );
}

interface SheetProps {
  referral: ReferralView;
  by: string;
}

function addressOf(referral: ReferralView): string {
  return `${window.location.origin}/referral/${referral.id}`;
}

interface RowProps {
  cells: [string, string | null | undefined][];
  /** One value over the whole row. */
  wide?: boolean;
}

function Row({ cells, wide }: RowProps) {
  return (
    <tr>
      {cells.map(([label, value]) => (
        <FragmentCells key={label} label={label} value={value} span={wide ? 3 : 1} />
      ))}
    </tr>
  );
}

function FragmentCells(props: { label: string; value?: string | null; span: number }) {
  return (
    <>
      <th scope="row">{props.label}</th>
      <td colSpan={props.span}>{props.value || '—'}</td>
    </>
  );
}

function PatientRows({ referral }: { referral: ReferralView }) {
  const { patient } = referral;
  const age = ageYears(
    patient.birth_date,
    Date.parse(referral.submitted_at ?? referral.created_at),
  );
  const f = (name: string) => t(`referral.field.${name}`);
  return (
    <>
      <Row
        cells={[
          [f('patient'), `${patient.name}　${sexAge(patient.sex, age)}`],
          [f('birth-date'), patient.birth_date],
        ]}
      />
      <Row
        cells={[
          [f('identifier'), patient.identifier_masked],
          [f('phone'), patient.phone_masked],
        ]}
      />
    </>
  );
}

function ReferralSheet({ referral, by }: SheetProps) {
  const { content, from, to, hold } = referral;
  const reason = useReasonText(content);
  const options = useOptions();
  const f = (name: string) => t(`referral.field.${name}`);
  const vitals = shownVitals(content.vital_signs, options.data?.vital_signs);
  return (
    <PrintSheet
      title={t('referral.print.sheet-title', { kind: kindText(referral.kind) })}
      issuer={from.org_name}
      number={referral.number}
      qr={addressOf(referral)}
      printedBy={by}
    >
      <table>
        <tbody>
          <PatientRows referral={referral} />
          <Row
            cells={[
              [f('from'), [from.org_name, from.department_name].filter(Boolean).join(' ')],
              [f('from-doctor'), [from.doctor_name, from.phone].filter(Boolean).join(' ')],
            ]}
          />
          <Row
            cells={[
              [f('to'), [to.org_name, to.department_name].filter(Boolean).join(' ')],
              [f('to-doctor'), [to.doctor_name, to.phone].filter(Boolean).join(' ')],
            ]}
          />
          <Row
            cells={[
              [f('service'), t(`referral.service.${content.service}`)],
              [f('priority'), t(`referral.priority.${content.priority}`)],
            ]}
          />
          <Row wide cells={[[f('reason'), reason]]} />
          <Row wide cells={[[f('diagnoses'), diagnosesText(content.diagnoses)]]} />
          {content.question && <Row wide cells={[[f('question'), content.question]]} />}
          {content.exam && (
            <Row
              wide
              cells={[
                [
                  f('exam'),
                  [content.exam.item_display, content.exam.part, content.exam.preparation]
                    .filter(Boolean)
                    .join('；'),
                ],
              ]}
            />
          )}
          <Row wide cells={[[f('condition'), content.condition]]} />
          <Row wide cells={[[f('treatment'), content.treatment]]} />
          <Row
            wide
            cells={[[f('vitals'), vitals.map((one) => `${one.label} ${one.text}`).join('；')]]}
          />
          <Row wide cells={[[f('allergies'), allergiesText(content)]]} />
          <Row wide cells={[[f('precautions'), content.precautions]]} />
          <Row
            cells={[
              [f('expected'), hold || referral.expected_at ? timeOf(referral.expected_at) : null],
              [f('place'), hold?.place_name],
            ]}
          />
          <Row
            cells={[
              [f('pick-up-code'), hold?.pick_up_code],
              [f('submitted'), timeOf(referral.submitted_at)],
            ]}
          />
        </tbody>
      </table>
      <p className="referral-print-sign">
        {t('referral.print.sign-from')}　　　　　　　　{t('referral.print.sign-to')}
      </p>
    </PrintSheet>
  );
}

function timeOf(at: string | null | undefined): string | null {
  return at ? dateTimeText(at) : null;
}

function SummarySheet({ referral, by }: SheetProps) {
  const { discharge, encounter, to } = referral;
  const f = (name: string) => t(`referral.field.${name}`);
  if (!discharge) return null;
  const { summary } = discharge;
  const stay = Boolean(discharge.discharged_at);
  return (
    <PrintSheet
      title={t(stay ? 'referral.print.discharge-title' : 'referral.print.result-title')}
      issuer={to.org_name}
      number={referral.number}
      qr={addressOf(referral)}
      printedBy={by}
    >
      <table>
        <tbody>
          <PatientRows referral={referral} />
          <Row
            cells={[
              [f('encounter-number'), encounter?.number],
              [f('place-text'), encounter?.place_text],
            ]}
          />
          {stay && (
            <Row
              cells={[
                [f('admitted-at'), timeOf(encounter?.admitted_at)],
                [f('discharged-on'), summary.discharged_on ?? timeOf(discharge.discharged_at)],
              ]}
            />
          )}
          <Row
            wide
            cells={[
              [f(stay ? 'discharge-diagnoses' : 'diagnoses'), diagnosesText(summary.diagnoses)],
            ]}
          />
          <Row wide cells={[[f('findings'), summary.findings]]} />
          <Row wide cells={[[f('course'), summary.treatment]]} />
          {stay && <Row wide cells={[[f('end-condition'), summary.condition]]} />}
          <Row wide cells={[[f('advice'), summary.advice]]} />
          <Row
            cells={[
              [f('doctor'), discharge.by_name],
              [f('returned-at'), timeOf(discharge.returned_at)],
            ]}
          />
        </tbody>
      </table>
    </PrintSheet>
  );
}
