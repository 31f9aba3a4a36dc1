import { PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Input, InputNumber, Modal, Select } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { toast } from '@/kit/toast';
import { conceptOptions } from '../queries';

export interface QuickField {
  name: string;
  label: string;
  required?: boolean;
  options?: { value: string; label: string }[];
  /** Picks a code of this catalogue. */
  concepts?: string;
  sort?: 'date' | 'number' | 'org' | 'text';
  initial?: unknown;
}

export interface QuickAddProps {
  title: string;
  path: string;
  /** What the form does not ask. */
  fixed?: Record<string, unknown>;
  fields: QuickField[];
  invalidates: readonly string[];
  /** Turns the answers into what is sent. */
  shape?: (values: Record<string, unknown>) => Record<string, unknown>;
  headers?: Record<string, string>;
}

/** A short form in a dialog that adds one thing to a list. */
export function QuickAdd(props: QuickAddProps) {
  const { title, path, fixed, fields, invalidates, shape, headers: more } = props;
  const [form] = Form.useForm();
  const [open, setOpen] = useState(false);
  const add = useCommand(
    (input: object, headers) =>
      call('POST', path, { body: input, headers: { ...headers, ...more } }),
    {
      invalidates: invalidates.map((kind) => [kind]),
      onSuccess: () => {
        toast.success(t('network.saved'));
        form.resetFields();
        setOpen(false);
      },
    },
  );
  function submit(values: Record<string, unknown>) {
    const plain = Object.fromEntries(
      Object.entries(values)
        .filter(([, value]) => value !== undefined && value !== '' && value !== null)
        .map(([name, value]) => [name, dayjs.isDayjs(value) ? value.format('YYYY-MM-DD') : value]),
    );
    add.mutate(
      { ...fixed, ...(shape ? shape(plain) : plain) },
      { onError: (error) => markFields(form, error) },
    );
  }
  return (
    <>
      <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
        {title}
      </Button>
      <Modal
        open={open}
        title={title}
        okText={t('kit.action.save')}
        cancelText={t('kit.action.cancel')}
        okButtonProps={{ loading: add.isPending }}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <FormErrors
          error={add.error}
          labels={Object.fromEntries(fields.map((field) => [field.name, field.label]))}
        />
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          initialValues={Object.fromEntries(fields.map((field) => [field.name, field.initial]))}
          onFinish={submit}
        >
          {fields.map((field) => (
            <Form.Item
              key={field.name}
              name={field.name}
              label={field.label}
              rules={field.required ? [{ required: true, message: t('kit.form.required') }] : []}
            >
              {control(field)}
            </Form.Item>
          ))}
        </Form>
      </Modal>
    </>
  );
}

function control(field: QuickField): ReactNode {
  if (field.options) {
    return <Select options={field.options} allowClear={!field.required} />;
  }
  if (field.concepts) {
    return (
      <AsyncSelect
        allowClear
        queryKey={['terminology', field.concepts, 'pick']}
        loadOptions={conceptOptions(field.concepts)}
      />
    );
  }
  if (field.sort === 'date') return <DatePicker className="lt-full" />;
  if (field.sort === 'number') return <InputNumber className="lt-full" min={0} precision={0} />;
  if (field.sort === 'org') return <OrgSelect />;
  if (field.sort === 'text') return <Input.TextArea rows={3} maxLength={1000} />;
  return <Input />;
}
