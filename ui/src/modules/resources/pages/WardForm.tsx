import { Form, Input, Modal, Select } from 'antd';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { toast } from '@/kit/toast';
import { conceptOptions, useDepartments } from '../queries';
import type { Ward } from '../types';
import { useFresh } from './useFresh';

interface WardFormProps {
  org_id: string;
  /** The ward to change; a new one if absent. */
  ward?: Ward;
  onClose: () => void;
  onDone: () => void;
}

/** A ward: what it is called and whose it is. Its department stays; its beds move instead. */
export function WardForm({ org_id, ward, onClose, onDone }: WardFormProps) {
  const [form] = Form.useForm();
  const departments = useDepartments(org_id);
  const values = ward && { name: ward.name, code: ward.code, department_id: ward.department_id };
  const fresh = useFresh(form, values, ward?.version);
  const save = useCommand(
    (input: object, headers) =>
      call('PUT', '/api/resources/wards', {
        body: { ...input, org_id },
        headers: { ...headers, ...(fresh.version === undefined ? {} : ifMatch(fresh.version)) },
      }),
    {
      invalidates: [['bed']],
      onSuccess: () => {
        toast.success(t('resources.wards.saved'));
        onDone();
        onClose();
      },
    },
  );
  const required = { required: true, whitespace: true, message: t('kit.form.required') };
  const labels = {
    name: t('resources.wards.name'),
    code: t('resources.code'),
    department_id: t('resources.department'),
    specialty: t('resources.specialty'),
  };
  return (
    <Modal
      open
      title={t(ward ? 'resources.wards.edit' : 'resources.wards.new')}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: save.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      {fresh.note}
      <FormErrors error={save.error} labels={labels} onGo={scrollToField(form)} />
      <Form
        form={form}
        layout="vertical"
        initialValues={values}
        onFinish={(given) =>
          save.mutate(
            // A ward keeps the specialty that it was made with.
            { ...given, specialty: ward ? ward.specialty : given.specialty || undefined },
            {
              onError: (error) => {
                markFields(form, error);
                if (error.stale) onDone();
              },
            },
          )
        }
      >
        <Form.Item name="name" label={labels.name} rules={[required]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="code"
          label={labels.code}
          extra={t('resources.templates.code-hint')}
          rules={[required]}
        >
          <Input maxLength={32} disabled={Boolean(ward)} />
        </Form.Item>
        <Form.Item
          name="department_id"
          label={labels.department_id}
          extra={ward ? t('resources.wards.fixed') : undefined}
          rules={[required]}
        >
          <Select
            disabled={Boolean(ward)}
            loading={departments.isPending}
            options={departments.data ?? []}
            showSearch={{ optionFilterProp: 'label' }}
          />
        </Form.Item>
        {!ward && (
          <Form.Item
            name="specialty"
            label={labels.specialty}
            extra={t('resources.wards.specialty-hint')}
          >
            <AsyncSelect
              allowClear
              queryKey={['terminology', 'specialty', 'pick']}
              loadOptions={conceptOptions('specialty')}
            />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
