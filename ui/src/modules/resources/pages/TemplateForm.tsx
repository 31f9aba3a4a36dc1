import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import {
  Button,
  Checkbox,
  DatePicker,
  Drawer,
  Form,
  Input,
  InputNumber,
  Select,
  TimePicker,
} from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { usePhone } from '@/kit/media';
import { OrgSelect } from '@/kit/OrgSelect';
import { toast } from '@/kit/toast';
import { practitionerOptions, useDepartments } from '../queries';
import type { Quota, Template } from '../types';

interface Values {
  department_id: string;
  code: string;
  name: string;
  practitioner_id?: string;
  room?: string;
  weekdays: number[];
  time: [Dayjs, Dayjs];
  slot_minutes: number;
  quotas?: Quota[];
  price_yuan: number;
  dates: [Dayjs, Dayjs | null];
}

interface TemplateFormProps {
  org_id: string;
  template?: Template;
  onClose: () => void;
  onSaved: () => void;
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const FEN = 100;

/** Who sees patients when, how many, and for whom places are kept. */
export function TemplateForm({ org_id, template, onClose, onSaved }: TemplateFormProps) {
  const [form] = Form.useForm<Values>();
  const phone = usePhone();
  const departments = useDepartments(org_id);
  const save = useCommand(
    (input: object, headers) => call('PUT', '/api/resources/templates', { body: input, headers }),
    {
      onSuccess: () => {
        toast.success(t('resources.templates.saved'));
        onSaved();
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  return (
    <Drawer
      open
      size={phone ? '100%' : 560}
      title={template ? template.name : t('resources.templates.new')}
      onClose={onClose}
      extra={
        <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
          {t('kit.action.save')}
        </Button>
      }
    >
      <FormErrors error={save.error} onGo={scrollToField(form)} />
      <Form
        form={form}
        layout="vertical"
        initialValues={initial(template)}
        onFinish={(values) =>
          save.mutate(inputOf(org_id, values), { onError: (error) => markFields(form, error) })
        }
      >
        <Form.Item name="name" label={t('resources.templates.name')} rules={[required]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="code"
          label={t('resources.code')}
          extra={t('resources.templates.code-hint')}
          rules={[required]}
        >
          <Input maxLength={32} disabled={Boolean(template)} />
        </Form.Item>
        <Form.Item name="department_id" label={t('resources.department')} rules={[required]}>
          <Select options={departments.data ?? []} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        <Form.Item name="practitioner_id" label={t('resources.practitioner')}>
          <AsyncSelect
            allowClear
            queryKey={['practitioner', 'pick', org_id]}
            loadOptions={practitionerOptions(org_id)}
            initial={
              template?.practitioner_id
                ? { value: template.practitioner_id, label: template.practitioner ?? '' }
                : undefined
            }
          />
        </Form.Item>
        <Form.Item name="room" label={t('resources.room')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="weekdays" label={t('resources.templates.weekdays')} rules={[required]}>
          <Checkbox.Group
            options={WEEKDAYS.map((value) => ({ value, label: t(`resources.weekday.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="time" label={t('resources.time')} rules={[required]}>
          <TimePicker.RangePicker format="HH:mm" minuteStep={5} className="lt-full" />
        </Form.Item>
        <Form.Item
          name="slot_minutes"
          label={t('resources.templates.slot-minutes')}
          rules={[required]}
        >
          <InputNumber min={5} max={240} step={5} />
        </Form.Item>
        <Form.Item
          label={t('resources.templates.quotas')}
          extra={t('resources.templates.quota-hint')}
        >
          <Form.List name="quotas">
            {(fields, { add, remove }) => (
              <div className="lt-stack">
                {fields.map((field) => (
                  <div key={field.key} className="resources-quota">
                    <Form.Item name={[field.name, 'channel']} noStyle>
                      <Select
                        aria-label={t('resources.channel')}
                        options={['referral', 'green'].map((value) => ({
                          value,
                          label: t(`resources.channels.${value}`),
                        }))}
                      />
                    </Form.Item>
                    <Form.Item name={[field.name, 'org_id']} noStyle>
                      <OrgSelect
                        providersOnly
                        allowClear
                        aria-label={t('resources.templates.quota-org')}
                        placeholder={t('resources.templates.quota-org')}
                      />
                    </Form.Item>
                    <Form.Item name={[field.name, 'places']} noStyle>
                      <InputNumber min={1} aria-label={t('resources.templates.places')} />
                    </Form.Item>
                    <Button
                      type="text"
                      icon={<DeleteOutlined />}
                      aria-label={t('resources.templates.quota-remove')}
                      onClick={() => remove(field.name)}
                    />
                  </div>
                ))}
                <Button
                  icon={<PlusOutlined />}
                  onClick={() => add({ channel: 'referral', places: 1 })}
                >
                  {t('resources.templates.quota-add')}
                </Button>
              </div>
            )}
          </Form.List>
        </Form.Item>
        <Form.Item name="price_yuan" label={t('resources.fee')}>
          <InputNumber min={0} precision={2} prefix="¥" />
        </Form.Item>
        <Form.Item name="dates" label={t('resources.templates.dates')} rules={[required]}>
          <DatePicker.RangePicker allowEmpty={[false, true]} className="lt-full" />
        </Form.Item>
      </Form>
    </Drawer>
  );
}

function initial(template: Template | undefined): Partial<Values> {
  const time = (text: string) => dayjs(`2026-01-01T${text}:00`);
  if (!template) {
    return {
      weekdays: [1, 2, 3, 4, 5],
      time: [time('08:00'), time('12:00')],
      slot_minutes: 15,
      price_yuan: 0,
      dates: [dayjs(), null],
    };
  }
  return {
    ...template,
    practitioner_id: template.practitioner_id ?? undefined,
    room: template.room ?? undefined,
    time: [time(template.start), time(template.end)],
    price_yuan: template.price / FEN,
    dates: [dayjs(template.valid_from), template.valid_to ? dayjs(template.valid_to) : null],
  };
}

function inputOf(org_id: string, values: Values): object {
  return {
    org_id,
    department_id: values.department_id,
    code: values.code,
    name: values.name,
    practitioner_id: values.practitioner_id,
    room: values.room || undefined,
    weekdays: [...values.weekdays].sort(),
    start: values.time[0].format('HH:mm'),
    end: values.time[1].format('HH:mm'),
    slot_minutes: values.slot_minutes,
    quotas: values.quotas ?? [],
    price: Math.round((values.price_yuan ?? 0) * FEN),
    valid_from: values.dates[0].format('YYYY-MM-DD'),
    valid_to: values.dates[1]?.format('YYYY-MM-DD'),
  };
}
