import { Alert, Button, DatePicker, Form, type FormInstance, Input, Radio } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useEffect, useRef, useState } from 'react';
import { type CommandHeaders, useCommand } from '@/api/command';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, forgive, markFields, scrollToField } from '@/kit/FormErrors';
import { type Merged, mergeValues } from '@/kit/merge';
import { Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { MergeNote } from '@/kit/useMerge';
import { changeRecord, searchOrgs, useOrgName, usePatient } from '../api';
import {
  changesOf,
  IDENTITY_FIELDS,
  type IdentityField,
  type IdentityValues,
  valuesOf,
} from '../identity';
import { Accounts, Death, Family, Identifiers } from '../parts/IdentityParts';
import { type PatientRecord, SEXES } from '../types';
import '../record.css';

/** Who a patient is and how to reach them. */
export default function EditPatient() {
  const id = useRouteParam('id');
  const record = usePatient(id);
  if (record.isPending) return <PageSkeleton />;
  if (record.isError && !record.data) {
    return <ErrorState page error={record.error} onRetry={() => void record.refetch()} />;
  }
  if (!record.data.actions.includes('change')) {
    return (
      <Page title={record.data.patient.name} back={`/record/patients/${id}`}>
        <Alert type="info" showIcon title={t('record.edit.not-here')} />
      </Page>
    );
  }
  return (
    <Page
      title={t('record.edit.title', { name: record.data.patient.name })}
      back={`/record/patients/${id}`}
    >
      <IdentityForm record={record.data} onStale={() => void record.refetch()} />
      <Identifiers record={record.data} />
      <Family record={record.data} />
      <Accounts record={record.data} />
      <Death record={record.data} />
    </Page>
  );
}

interface IdentityFormProps {
  record: PatientRecord;
  onStale: () => void;
}

function IdentityForm({ record, onStale }: IdentityFormProps) {
  const { patient } = record;
  const [form] = Form.useForm<IdentityValues>();
  const go = useGo();
  const orgName = useOrgName();
  const { base, note } = useNewest(form, record);
  const home = `/record/patients/${patient.id}`;
  const save = useCommand(
    (changes: Record<string, string>, headers: CommandHeaders) =>
      changeRecord(patient.id, base.version, '', changes, headers),
    {
      invalidates: [['patient']],
      onSuccess: () => {
        toast.success(t('record.edit.saved'));
        go(home, { replace: true });
      },
    },
  );
  function send(mine: IdentityValues) {
    const changes = changesOf(base.values, mine);
    if (Object.keys(changes).length === 0) return go(home, { replace: true });
    save.mutate(changes, {
      onError: (error) => {
        if (error.stale) onStale();
        else markFields(form, error);
      },
    });
  }
  const required = { required: true, whitespace: true, message: t('kit.form.required') };
  const catchment = patient.catchment_org_id;
  return (
    <Section title={t('record.identity')}>
      {note}
      <FormErrors
        error={save.error?.stale ? null : save.error}
        labels={labels()}
        onGo={scrollToField(form)}
      />
      <Form
        form={form}
        layout="vertical"
        className="lt-form"
        initialValues={base.values}
        onFinish={send}
        onValuesChange={(changed) => forgive(form, changed)}
        scrollToFirstError
      >
        <Form.Item name="name" label={labelOf('name')} rules={[required]}>
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <div className="record-pair">
          <Form.Item name="sex" label={labelOf('sex')}>
            <Radio.Group
              optionType="button"
              options={SEXES.map((value) => ({ value, label: t(`record.sex.${value}`) }))}
            />
          </Form.Item>
          <Form.Item
            name="birth_date"
            label={labelOf('birth_date')}
            rules={[{ required: Boolean(patient.birth_date), message: t('kit.form.required') }]}
            getValueProps={(value?: string) => ({ value: value ? dayjs(value) : null })}
            normalize={(value: Dayjs | null) => value?.format('YYYY-MM-DD')}
          >
            <DatePicker className="lt-full" maxDate={dayjs(serverNow())} />
          </Form.Item>
        </div>
        <div className="record-pair">
          <Form.Item
            name="phone"
            label={labelOf('phone')}
            extra={patient.phone ? t('record.edit.phone-hint') : undefined}
          >
            <Input
              inputMode="tel"
              maxLength={20}
              autoComplete="off"
              onFocus={(event) => event.target.select()}
            />
          </Form.Item>
          <Form.Item name="village" label={labelOf('village')}>
            <Input maxLength={60} />
          </Form.Item>
        </div>
        <Form.Item name="address" label={labelOf('address')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="catchment_org_id" label={labelOf('catchment_org_id')}>
          <AsyncSelect
            queryKey={['organization', 'pick', 'catchment']}
            loadOptions={searchOrgs}
            initial={catchment ? { value: catchment, label: orgName(catchment) } : undefined}
          />
        </Form.Item>
        <div className="lt-row">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('kit.action.save')}
          </Button>
          <Button onClick={() => go(home)}>{t('kit.action.cancel')}</Button>
        </div>
      </Form>
    </Section>
  );
}

/** Takes in what others save while the form is open, and says where both changed the same. */
function useNewest(form: FormInstance<IdentityValues>, record: PatientRecord) {
  const orgName = useOrgName();
  const [base, setBase] = useState({
    version: record.version,
    values: valuesOf(record.patient),
  });
  const [merged, setMerged] = useState<Merged | null>(null);
  const known = useRef(base);
  useEffect(() => {
    if (record.version <= known.current.version) return;
    const newest = valuesOf(record.patient);
    const found = mergeValues(known.current.values, newest, form.getFieldsValue(true));
    form.setFieldsValue(found.taken);
    known.current = { version: record.version, values: newest };
    setBase(known.current);
    if (Object.keys(found.taken).length + found.clashes.length > 0) setMerged(found);
  }, [record, form]);
  const show = (field: string, value: unknown) => {
    if (field === 'sex') return t(`record.sex.${value}`);
    return field === 'catchment_org_id' ? orgName(String(value)) : String(value);
  };
  return { base, note: merged && <MergeNote merged={merged} labels={labels()} show={show} /> };
}

function labels(): Record<string, string> {
  return Object.fromEntries(IDENTITY_FIELDS.map((field) => [field, labelOf(field)]));
}

function labelOf(field: IdentityField): string {
  const name = field === 'catchment_org_id' ? 'catchment' : field.replaceAll('_', '-');
  return t(`record.field.${name}`);
}
