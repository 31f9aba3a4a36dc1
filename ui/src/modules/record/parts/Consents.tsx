/** The patient's consents that others may read the record. */
import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Radio } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { FormErrors } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { giveConsent, searchOrgs, useConsents, useOrgName, withdrawConsent } from '../api';
import type { Consent, PatientRecord } from '../types';

export function Consents({ record }: { record: PatientRecord }) {
  const consents = useConsents(record.patient.id);
  const [open, setOpen] = useState(false);
  const may = record.actions.includes('give-consent');
  return (
    <Section
      title={t('record.consent.title')}
      extra={
        may && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t('record.consent.give')}
          </Button>
        )
      }
    >
      {consents.isPending && <LinesSkeleton rows={4} />}
      {consents.isError && <ErrorState error={consents.error} />}
      {consents.data?.length === 0 && (
        <EmptyState title={t('record.consent.none')} hint={t('record.consent.none-hint')} />
      )}
      <ul className="record-list">
        {(consents.data ?? []).map((consent) => (
          <ConsentRow
            key={consent.id}
            consent={consent}
            may={record.actions.includes('withdraw-consent')}
          />
        ))}
      </ul>
      {open && <ConsentDialog record={record} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function ConsentRow({ consent, may }: { consent: Consent; may: boolean }) {
  const orgName = useOrgName();
  const queries = useQueryClient();
  const over = Date.parse(consent.expires_at) < serverNow();
  const active = consent.state === 'active' && !over;
  const state = consent.state === 'withdrawn' ? 'withdrawn' : over ? 'expired' : 'active';
  return (
    <li>
      <span>
        <StatusTag tone={active ? 'done' : 'neutral'} label={t(`record.consent.state.${state}`)} />{' '}
        <b>{orgName(consent.grantee_org_id)}</b> {t(`record.consent.reach.${consent.reach}`)}
        <span className="record-block">{consent.purpose}</span>
        <span className="lt-muted">
          {t('record.consent.until')} <DateTime at={consent.expires_at} show="date" />
          {consent.given_by && ` · ${consent.given_by.name}`}
          {consent.withdrawal_reason && ` · ${consent.withdrawal_reason}`}
        </span>
      </span>
      {active && may && (
        <ConfirmAction
          label={t('record.consent.withdraw')}
          title={t('record.consent.withdraw')}
          consequence={t('record.consent.withdraw-consequence')}
          note="optional"
          button={{ size: 'small' }}
          onConfirm={async ({ note }) => {
            await withdrawConsent(consent, note);
            await queries.invalidateQueries({ queryKey: ['consent'] });
          }}
        />
      )}
    </li>
  );
}

const DAYS_USUAL = 90;

function ConsentDialog({ record, onClose }: { record: PatientRecord; onClose: () => void }) {
  const [form] = Form.useForm();
  const { patient, age_years } = record;
  const child = typeof age_years === 'number' && age_years < 18;
  const give = useCommand((body: unknown, headers) => giveConsent(patient.id, body, headers), {
    invalidates: [['consent']],
    onSuccess: onClose,
  });
  function send(values: Record<string, unknown>) {
    const guardian = values.guardian as { name?: string; relation?: string } | undefined;
    give.mutate({
      reach: values.reach,
      grantee_org_id: values.grantee_org_id,
      purpose: values.purpose,
      given_by: guardian?.name ? { name: guardian.name, relation: guardian.relation ?? '' } : null,
      expires_at: dayjs(serverNow()).add(Number(values.days), 'day').toISOString(),
    });
  }
  return (
    <Modal
      open
      title={t('record.consent.give')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: give.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ reach: 'org', days: DAYS_USUAL }}
        onFinish={send}
      >
        <FormErrors error={give.error} />
        <Form.Item
          name="grantee_org_id"
          label={t('record.consent.grantee')}
          rules={[{ required: true, message: t('kit.form.required') }]}
        >
          <AsyncSelect queryKey={['organization', 'pick', 'consent']} loadOptions={searchOrgs} />
        </Form.Item>
        <Form.Item name="reach" label={t('record.consent.reach-label')}>
          <Radio.Group
            options={['org', 'group'].map((value) => ({
              value,
              label: t(`record.consent.reach.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="purpose"
          label={t('record.consent.purpose')}
          rules={[{ required: true, message: t('kit.form.required') }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="days" label={t('record.consent.until')}>
          <Radio.Group
            optionType="button"
            options={[30, 90, 365].map((n) => ({ value: n, label: t('record.days', { n }) }))}
          />
        </Form.Item>
        <Form.Item
          name={['guardian', 'name']}
          label={t('record.consent.guardian')}
          rules={[{ required: child, message: t('kit.form.required') }]}
        >
          <Input maxLength={60} placeholder={patient.guardian?.name} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
