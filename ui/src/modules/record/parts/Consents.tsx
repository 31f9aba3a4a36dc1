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
import { dateTimeText } from '@/kit/time';
import { giveConsent, searchOrgs, useConsents, useOrgName, withdrawConsent } from '../api';
import type { Consent, PatientRecord } from '../types';

export function Consents({ record }: { record: PatientRecord }) {
  const [open, setOpen] = useState(false);
  return (
    <Section
      title={t('record.consent.title')}
      extra={
        record.actions.includes('give-consent') && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t('record.consent.give')}
          </Button>
        )
      }
    >
      <ConsentList id={record.patient.id} may={record.actions.includes('withdraw-consent')} />
      {open && <ConsentDialog record={record} onClose={() => setOpen(false)} />}
    </Section>
  );
}

/** Those in force, and behind them those that ended. */
export function ConsentList({ id, may }: { id: string; may: boolean }) {
  const consents = useConsents(id);
  if (consents.isPending) return <LinesSkeleton rows={4} />;
  if (!consents.data) {
    return <ErrorState error={consents.error} onRetry={() => void consents.refetch()} />;
  }
  const inForce = consents.data.filter((one) => stateOf(one) === 'active');
  const ended = consents.data.filter((one) => stateOf(one) !== 'active');
  return (
    <>
      {inForce.length === 0 && (
        <EmptyState
          title={t(ended.length > 0 ? 'record.consent.none-in-force' : 'record.consent.none')}
          hint={t('record.consent.none-hint')}
        />
      )}
      <ul className="record-list">
        {inForce.map((consent) => (
          <ConsentRow key={consent.id} consent={consent} may={may} />
        ))}
      </ul>
      {ended.length > 0 && (
        <details className="record-ended">
          <summary>{t('record.consent.ended', { n: ended.length })}</summary>
          <ul className="record-list">
            {ended.map((consent) => (
              <ConsentRow key={consent.id} consent={consent} may={false} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function stateOf(consent: Consent): 'active' | 'withdrawn' | 'expired' {
  if (consent.state === 'withdrawn') return 'withdrawn';
  const end = consent.expires_at;
  return end && Date.parse(end) < serverNow() ? 'expired' : 'active';
}

function ConsentRow({ consent, may }: { consent: Consent; may: boolean }) {
  const orgName = useOrgName();
  const queries = useQueryClient();
  const state = stateOf(consent);
  const active = state === 'active';
  return (
    <li>
      <span>
        <StatusTag tone={active ? 'done' : 'neutral'} label={t(`record.consent.state.${state}`)} />{' '}
        <b>{orgName(consent.grantee_org_id)}</b> {t(`record.consent.reach.${consent.reach}`)}
        <span className="record-block">{consent.purpose}</span>
        <span className="lt-muted">
          <DateTime at={consent.given_at} show="date" /> –{' '}
          <DateTime at={consent.expires_at} show="date" />
          {` · ${t('record.consent.taken-by', { org: orgName(consent.org_id) })}`}
          {consent.given_by &&
            ` · ${[consent.given_by.relation, consent.given_by.name].filter(Boolean).join(' ')}`}
          {consent.withdrawn_at &&
            ` · ${t('record.consent.withdrawn-at', { at: dateTimeText(consent.withdrawn_at) })}`}
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
