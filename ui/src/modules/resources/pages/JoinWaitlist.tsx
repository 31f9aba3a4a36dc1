import { DatePicker, Form, Input, InputNumber, Modal, Segmented, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { toast } from '@/kit/toast';
import { conceptOptions, useSpecialtyName } from '../queries';
import { CHANNELS, PLACE_KINDS, type PlaceKind } from '../types';

interface Values {
  kind: PlaceKind;
  org_id: string;
  key: string;
  minutes?: number;
  to: Dayjs;
  patient_sex?: string;
  channel: string;
}

interface JoinProps {
  open: boolean;
  kind?: PlaceKind;
  keyCode?: string;
  onClose: () => void;
  onJoined: () => void;
}

const DAYS_USUAL = 7;
const EXAM_MINUTES_USUAL = 20;

/** Stand in the line for a place of one sort at one member. */
export function JoinWaitlist({ open, kind, keyCode, onClose, onJoined }: JoinProps) {
  const [form] = Form.useForm<Values>();
  const chosen = Form.useWatch('kind', form) ?? kind ?? 'slot';
  const specialty = useSpecialtyName();
  const join = useCommand(
    (input: object, headers) => call('POST', '/api/resources/waitlist', { body: input, headers }),
    {
      onSuccess: () => {
        toast.success(t('resources.waitlist-done.join'));
        form.resetFields();
        onClose();
        onJoined();
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  return (
    <Modal
      open={open}
      title={t('resources.waitlist.join')}
      okText={t('resources.waitlist.join')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: join.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
      destroyOnHidden
    >
      <FormErrors
        error={join.error}
        labels={{ org_id: t('resources.org'), key: t('resources.waitlist.what') }}
      />
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{
          kind: kind ?? 'slot',
          key: keyCode || undefined,
          minutes: EXAM_MINUTES_USUAL,
          to: dayjs().add(DAYS_USUAL, 'day'),
          channel: 'referral',
        }}
        onFinish={({ to, minutes, ...rest }) =>
          join.mutate(
            {
              ...rest,
              to: to.toISOString(),
              minutes: rest.kind === 'equipment' ? minutes : undefined,
            },
            { onError: (error) => markFields(form, error) },
          )
        }
      >
        <Form.Item name="kind" label={t('resources.waitlist.sort')}>
          <Segmented
            options={PLACE_KINDS.map((value) => ({ value, label: t(`resources.kind.${value}`) }))}
          />
        </Form.Item>
        {chosen === 'equipment' ? (
          <>
            <Form.Item name="key" label={t('resources.equipment.kind')} rules={[required]}>
              <Input placeholder="CT" maxLength={32} />
            </Form.Item>
            <Form.Item name="minutes" label={t('resources.minutes')} rules={[required]}>
              <InputNumber min={5} max={480} step={5} />
            </Form.Item>
          </>
        ) : (
          <Form.Item name="key" label={t('resources.specialty')} rules={[required]}>
            <AsyncSelect
              queryKey={['terminology', 'specialty', 'pick']}
              loadOptions={conceptOptions('specialty')}
              initial={keyCode ? { value: keyCode, label: specialty(keyCode) } : undefined}
            />
          </Form.Item>
        )}
        <Form.Item name="org_id" label={t('resources.org')} rules={[required]}>
          <OrgSelect providersOnly />
        </Form.Item>
        {chosen === 'bed' && (
          <Form.Item name="patient_sex" label={t('resources.patient-sex')}>
            <Select
              allowClear
              options={['male', 'female'].map((value) => ({
                value,
                label: t(`resources.sex.${value}`),
              }))}
            />
          </Form.Item>
        )}
        <Form.Item name="to" label={t('resources.waitlist.until')} rules={[required]}>
          <DatePicker className="lt-full" minDate={dayjs()} />
        </Form.Item>
        <Form.Item name="channel" label={t('resources.channel')}>
          <Select
            options={CHANNELS.map((value) => ({ value, label: t(`resources.channels.${value}`) }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
