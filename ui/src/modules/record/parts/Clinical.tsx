/** Allergies and the problem list: read first, kept short. */
import { PlusOutlined, WarningFilled } from '@ant-design/icons';
import { Button, Checkbox, DatePicker, Form, Input, Modal, Radio } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { serverNow } from '@/api/serverTime';
import { language, t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import { searchDiagnoses, useOrgName, useRecordChange } from '../api';
import type { PatientRecord } from '../types';

interface PartProps {
  record: PatientRecord;
}

export function Allergies({ record }: PartProps) {
  const [open, setOpen] = useState(false);
  const change = useRecordChange(record);
  const orgName = useOrgName();
  const live = record.patient.allergies.filter((one) => !one.ended_at);
  const may = record.actions.includes('add-allergy');
  return (
    <Section
      title={t('record.allergies')}
      extra={
        may && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t('record.add')}
          </Button>
        )
      }
    >
      {live.length === 0 && (
        <span className="lt-row">
          {t(record.patient.no_known_allergies ? 'record.no-known-allergies' : 'record.not-asked')}
          {may && !record.patient.no_known_allergies && (
            <Button
              size="small"
              loading={change.isPending}
              onClick={() => change.mutate({ path: '', body: { no_known_allergies: true } })}
            >
              {t('record.asked-none')}
            </Button>
          )}
        </span>
      )}
      <ul className="record-list">
        {live.map((one) => (
          <li key={one.id}>
            <span>
              {one.severity === 'severe' && (
                <WarningFilled className="record-severe" aria-hidden="true" />
              )}{' '}
              <b>{one.substance}</b> {one.reaction}{' '}
              {one.severity && (
                <StatusTag
                  plain
                  tone={one.severity === 'severe' ? 'overdue' : 'soon'}
                  label={t(`record.severity.${one.severity}`)}
                />
              )}
            </span>
            <span className="lt-muted">
              {[orgName(one.org_id), one.recorded_at.slice(0, 10)].filter(Boolean).join(' · ')}
              {record.actions.includes('end-allergy') && (
                <Button
                  type="link"
                  size="small"
                  onClick={() => change.mutate({ path: `/allergies/${one.id}/end` })}
                >
                  {t('record.not-true')}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <FormErrors error={change.error} />
      {open && <AllergyDialog record={record} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function AllergyDialog({ record, onClose }: PartProps & { onClose: () => void }) {
  const [form] = Form.useForm();
  const change = useRecordChange(record, onClose);
  const choices = (group: string, values: string[]) =>
    values.map((value) => ({ value, label: t(`record.${group}.${value}`) }));
  return (
    <Modal
      open
      title={t('record.add-allergy')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: change.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ kind: 'drug' }}
        onFinish={(body) =>
          change.mutate(
            { path: '/allergies', body },
            { onError: (error) => markFields(form, error) },
          )
        }
      >
        <FormErrors
          error={change.error}
          labels={{ substance: t('record.field.substance'), reaction: t('record.field.reaction') }}
          onGo={scrollToField(form)}
        />
        <Form.Item name="kind" label={t('record.field.allergy-kind')}>
          <Radio.Group
            optionType="button"
            options={choices('allergy-kind', ['drug', 'food', 'other'])}
          />
        </Form.Item>
        <Form.Item
          name="substance"
          label={t('record.field.substance')}
          rules={[{ required: true, message: t('kit.form.required') }]}
        >
          <Input maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item name="reaction" label={t('record.field.reaction')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="severity" label={t('record.field.severity')}>
          <Radio.Group options={choices('severity', ['mild', 'moderate', 'severe'])} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function Problems({ record }: PartProps) {
  const [open, setOpen] = useState(false);
  const change = useRecordChange(record);
  const orgName = useOrgName();
  const live = record.patient.problems.filter((one) => !one.ended_at);
  return (
    <Section
      title={t('record.problems')}
      extra={
        record.actions.includes('add-problem') && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t('record.add')}
          </Button>
        )
      }
    >
      {live.length === 0 && <span className="lt-muted">{t('record.no-problems')}</span>}
      <ul className="record-list">
        {live.map((one) => (
          <li key={one.id}>
            <span>
              <b>{one.title}</b> <span className="lt-muted lt-figures">{one.code}</span>{' '}
              {one.chronic && <StatusTag plain tone="active" label={t('record.chronic')} />}
            </span>
            <span className="lt-muted">
              {[one.since && t('record.since', { date: one.since }), orgName(one.org_id)]
                .filter(Boolean)
                .join(' · ')}
              {record.actions.includes('end-problem') && (
                <Button
                  type="link"
                  size="small"
                  onClick={() => change.mutate({ path: `/problems/${one.id}/end` })}
                >
                  {t('record.over')}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <FormErrors error={change.error} />
      {open && <ProblemDialog record={record} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function ProblemDialog({ record, onClose }: PartProps & { onClose: () => void }) {
  const [form] = Form.useForm();
  const change = useRecordChange(record, onClose);
  return (
    <Modal
      open
      title={t('record.add-problem')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: change.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={() => {
          const { code, title, chronic, since } = form.getFieldsValue(true);
          change.mutate(
            {
              path: '/problems',
              body: { code, title, chronic: chronic ?? false, since },
            },
            { onError: (error) => markFields(form, error) },
          );
        }}
      >
        <FormErrors
          error={change.error}
          labels={{
            code: t('record.field.problem'),
            title: t('record.field.problem'),
            since: t('record.field.since'),
          }}
          onGo={scrollToField(form)}
        />
        <Form.Item
          name="code"
          label={t('record.field.problem')}
          rules={[{ required: true, message: t('kit.form.required') }]}
        >
          <AsyncSelect
            queryKey={['terminology', 'icd10', 'pick']}
            placeholder={t('record.problem-search')}
            loadOptions={async (q, signal) =>
              (await searchDiagnoses(q, signal)).map((one) => ({
                value: one.code,
                label: language() === 'en' ? one.en : one.zh,
                hint: one.code,
              }))
            }
            onChange={(code, option) => form.setFieldsValue({ code, title: option?.label })}
          />
        </Form.Item>
        <Form.Item name="title" hidden>
          <Input />
        </Form.Item>
        <Form.Item name="chronic" valuePropName="checked">
          <Checkbox>{t('record.chronic')}</Checkbox>
        </Form.Item>
        <Form.Item
          name="since"
          label={t('record.field.since')}
          getValueProps={(value?: string) => ({ value: value ? dayjs(value) : null })}
          normalize={(value: Dayjs | null) => value?.format('YYYY-MM-DD') ?? null}
        >
          <DatePicker className="lt-full" disabledDate={(day) => day.isAfter(dayjs(serverNow()))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
