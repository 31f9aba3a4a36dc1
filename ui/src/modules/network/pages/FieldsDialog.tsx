import { Form, Input, InputNumber, Modal, Select } from 'antd';
import type { ReactNode } from 'react';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { FormErrors, forgive, namePath, scrollToField } from '@/kit/FormErrors';
import { flattenValues, givenValues } from '@/kit/merge';
import { OrgSelect } from '@/kit/OrgSelect';
import { toast } from '@/kit/toast';
import { type Seen, useMerge } from '@/kit/useMerge';
import type { Evidence } from '../types';
import { EvidenceUpload } from './EvidenceUpload';
import { ConceptSelect, ConceptsSelect, CountsInput, DateItem, OrgsSelect } from './fields';

export interface QuickField {
  /** Where it goes in what is sent: `open_to.to`. */
  name: string;
  label: string;
  required?: boolean;
  options?: { value: string; label: string }[];
  /** Picks a code of this catalogue. */
  concepts?: string;
  /** The field that gets the name of the picked code. */
  fills?: string;
  sort?:
    | 'date'
    | 'past-date'
    | 'number'
    | 'org'
    | 'orgs'
    | 'codes'
    | 'counts'
    | 'text'
    | 'evidence'
    | 'fixed';
  /** No more files than these. */
  max?: number;
  initial?: unknown;
  extra?: ReactNode;
  /** Asked only then. */
  when?: (values: Record<string, unknown>) => boolean;
}

export interface FieldsDialogProps {
  title: string;
  path: string;
  /** What is changed (`PUT`); without it something is made or added (`POST`). */
  seen?: Seen;
  /** Reads it again, once somebody else was faster. */
  read?: () => Promise<Seen>;
  /** The version of the thing that something is added to. */
  version?: string;
  /** What the form does not ask. */
  fixed?: Record<string, unknown>;
  fields: QuickField[];
  /** Files that are there already. */
  files?: Evidence[];
  invalidates: readonly string[];
  /** Turns the answers into what is sent. */
  shape?: (values: Record<string, unknown>) => Record<string, unknown>;
  onClose: () => void;
}

/** A short form in a dialog: makes one thing, or changes it. */
export function FieldsDialog(props: FieldsDialogProps) {
  const { title, path, seen, read, version, fixed, fields, shape, onClose } = props;
  const [form] = Form.useForm();
  const nameOf = useOrgName();
  const labels = Object.fromEntries(fields.map((field) => [field.name, field.label]));
  const merge = useMerge({
    form,
    seen,
    read,
    labels,
    show: (at, value) => shown(fields, nameOf, at, value),
  });
  const save = useCommand(
    (input: object, headers) =>
      call(seen ? 'PUT' : 'POST', path, {
        body: input,
        headers: { ...headers, ...ifMatchOf(seen ? merge.version : version) },
      }),
    {
      invalidates: props.invalidates.map((kind) => [kind]),
      onSuccess: () => {
        toast.success(t('network.saved'));
        onClose();
      },
    },
  );
  function submit() {
    const asked = form.getFieldsValue();
    const given = givenValues(shape ? shape(asked) : asked);
    save.mutate({ ...fixed, ...given }, { onError: merge.refused });
  }
  const values = Form.useWatch([], form) ?? seen?.values ?? initialOf(fields);
  return (
    <Modal
      open
      title={title}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: save.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      {merge.note}
      <FormErrors
        error={save.error?.stale && read ? null : save.error}
        labels={labels}
        onGo={scrollToField(form)}
      />
      <Form
        form={form}
        layout="vertical"
        initialValues={seen?.values ?? initialOf(fields)}
        onFinish={submit}
        scrollToFirstError
        onValuesChange={(changed) => forgive(form, changed)}
      >
        {fields
          .filter((field) => field.when?.(values as Record<string, unknown>) ?? true)
          .map((field) => (
            <Field key={field.name} field={field} files={props.files} />
          ))}
      </Form>
    </Modal>
  );
}

function Field({ field, files }: { field: QuickField; files?: Evidence[] }) {
  const { name, label, required, extra } = field;
  const path = namePath(name);
  const form = Form.useFormInstance();
  if (field.sort === 'date' || field.sort === 'past-date') {
    const past = field.sort === 'past-date';
    return <DateItem name={path} label={label} required={required} past={past} extra={extra} />;
  }
  return (
    <Form.Item
      name={path}
      label={label}
      extra={extra}
      rules={
        required
          ? [
              // With `whitespace` a rule is about texts: a number or a list would fail it.
              isText(field)
                ? { required: true, whitespace: true, message: t('kit.form.required') }
                : { required: true, message: t('kit.form.required') },
            ]
          : []
      }
    >
      {field.concepts && field.sort !== 'codes' ? (
        <ConceptSelect
          system={field.concepts}
          onName={(name) => field.fills && form.setFieldValue(field.fills, name)}
        />
      ) : (
        control(field, files)
      )}
    </Form.Item>
  );
}

function control(field: QuickField, files?: Evidence[]): ReactNode {
  if (field.sort === 'codes') return <ConceptsSelect system={field.concepts ?? ''} />;
  if (field.options) {
    return (
      <Select
        options={field.options}
        allowClear={!field.required}
        showSearch={field.options.length > 12 ? { optionFilterProp: 'label' } : false}
      />
    );
  }
  if (field.sort === 'number') return <InputNumber className="lt-full" min={0} precision={0} />;
  if (field.sort === 'org') return <OrgSelect allowClear={!field.required} />;
  if (field.sort === 'orgs') return <OrgsSelect />;
  if (field.sort === 'counts') return <CountsInput />;
  if (field.sort === 'evidence') return <EvidenceUpload files={files} max={field.max} />;
  if (field.sort === 'text') return <Input.TextArea rows={3} maxLength={1000} />;
  return <Input maxLength={200} disabled={field.sort === 'fixed'} />;
}

function isText(field: QuickField): boolean {
  return !field.options && !field.concepts && (!field.sort || field.sort === 'text');
}

function ifMatchOf(version: string | undefined): Record<string, string> {
  return version === undefined ? {} : ifMatch(version);
}

function initialOf(fields: QuickField[]): object {
  const values: Record<string, unknown> = {};
  for (const { name, initial } of fields) {
    const [first = name, second] = name.split('.');
    if (initial === undefined) continue;
    if (second === undefined) values[first] = initial;
    else values[first] = { ...(values[first] as object | undefined), [second]: initial };
  }
  return values;
}

/** An answer in words, to set two beside each other. */
function shown(
  fields: QuickField[],
  nameOf: (id: string) => string,
  path: string,
  value: unknown,
): string {
  const field = fields.find((one) => one.name === path);
  const one = (item: unknown) => {
    const option = field?.options?.find((choice) => choice.value === item);
    if (option) return option.label;
    if (field?.sort === 'org' || field?.sort === 'orgs') return nameOf(String(item));
    return typeof item === 'object'
      ? Object.values(flattenValues(item as object)).join(' ')
      : String(item);
  };
  return Array.isArray(value) ? value.map(one).join(t('network.comma')) : one(value);
}
