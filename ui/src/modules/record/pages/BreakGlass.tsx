import { Button, Form, Input, Radio } from 'antd';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { FormErrors } from '@/kit/FormErrors';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { reviewBreakGlass, useBreakGlass, useOrgName } from '../api';
import { PatientText } from '../parts/PatientText';
import type { BreakGlassRow } from '../types';
import { roleText } from '../words';
import { GlassTag } from './BreakGlassList';
import '../record.css';

/** One emergency access: who, why, what was seen, and what the review found. */
export default function BreakGlass() {
  const id = useRouteParam('id');
  const found = useBreakGlass(id);
  if (found.isPending) return <PageSkeleton />;
  if (!found.data) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <Access row={found.data} />;
}

function Access({ row }: { row: BreakGlassRow }) {
  const orgName = useOrgName();
  const { access, patient } = row;
  const { review } = access;
  return (
    <Page title={t('record.glass.one')} back="/record/break-glass" meta={<GlassTag row={row} />}>
      <Section>
        <Facts
          items={[
            { label: t('record.access.who'), value: access.account_name },
            { label: t('record.glass.role'), value: roleText(access.role) },
            { label: t('record.glass.org'), value: orgName(access.org_id) },
            { label: t('record.access.at'), value: <DateTime at={access.at} /> },
            { label: t('record.glass.until'), value: <DateTime at={access.expires_at} /> },
            { label: t('record.field.name'), value: <PatientText patient={patient} />, wide: true },
            { label: t('kit.form.reason'), value: access.reason, wide: true },
          ]}
        />
        <p className="record-plain">
          <PathLink to={`/record/patients/${access.patient_id}?tab=consents`}>
            {t('record.access.title')}
          </PathLink>
        </p>
      </Section>
      {review && (
        <Section title={t('record.glass.review')}>
          <p className="record-plain">{review.note}</p>
          <span className="lt-muted">
            {review.by_name} · <DateTime at={review.at} />
          </span>
        </Section>
      )}
      {row.reviewable && <ReviewForm row={row} />}
    </Page>
  );
}

function ReviewForm({ row }: { row: BreakGlassRow }) {
  const review = useCommand((body: unknown, headers) => reviewBreakGlass(row, body, headers), {
    invalidates: [['break-glass'], ['work']],
  });
  return (
    <Section title={t('record.glass.review')}>
      <Form layout="vertical" className="lt-form" onFinish={(body) => review.mutate(body)}>
        <FormErrors error={review.error} />
        <Form.Item
          name="outcome"
          label={t('record.glass.finding')}
          rules={[{ required: true, message: t('kit.form.required') }]}
        >
          <Radio.Group
            options={['justified', 'unjustified', 'referred'].map((value) => ({
              value,
              label: t(`record.glass.outcome.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="note"
          label={t('record.glass.note')}
          rules={[{ required: true, message: t('kit.form.required') }]}
        >
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={review.isPending}>
          {t('record.glass.save')}
        </Button>
      </Form>
    </Section>
  );
}
