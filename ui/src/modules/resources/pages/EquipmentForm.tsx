import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { AutoComplete, Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { ApiError } from '@/api/errors';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { usePhone } from '@/kit/media';
import { toast } from '@/kit/toast';
import { TIME_OF_DAY } from '../codes';
import { type DeviceValues, inputOf, NEW_DEVICE, placeOf, valuesOf } from '../device';
import { conceptOptions, useDepartments } from '../queries';
import type { Equipment } from '../types';
import { useFresh } from './useFresh';

const MODALITIES = ['CT', 'MR', 'US', 'DR', 'ES', 'ECG', 'MG', 'RF', 'NM', 'EMG', 'PF'];
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const HOUR_CHANNELS = ['routine', 'green'];
const MINUTES_USUAL = 15;

interface EquipmentFormProps {
  org_id: string;
  /** The device to change; a new one if absent. */
  device?: Equipment;
  onClose: () => void;
  onDone: () => void;
}

/** A device with its week and its examinations. Bookings already made stay. */
export function EquipmentForm({ org_id, device, onClose, onDone }: EquipmentFormProps) {
  const [form] = Form.useForm<DeviceValues>();
  const phone = usePhone();
  const departments = useDepartments(org_id);
  const fresh = useFresh(form, device && valuesOf(device), device?.version);
  const save = useCommand(
    (input: object, headers) =>
      call('PUT', '/api/resources/equipment', {
        body: input,
        headers: { ...headers, ...(fresh.version === undefined ? {} : ifMatch(fresh.version)) },
      }),
    {
      invalidates: [['equipment']],
      onSuccess: () => {
        toast.success(t('resources.equipment.saved'));
        onDone();
        onClose();
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  const words = { ...required, whitespace: true };
  const labels = {
    name: t('resources.equipment.called'),
    kind: t('resources.equipment.kind'),
    code: t('resources.code'),
    model: t('resources.equipment.model'),
    department_id: t('resources.department'),
    hours: t('resources.equipment.hours'),
    exams: t('resources.equipment.exams'),
  };
  return (
    <Drawer
      open
      size={phone ? '100%' : 640}
      title={device ? device.name : t('resources.equipment.new')}
      onClose={onClose}
      mask={{ closable: false }}
      extra={
        <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
          {t('kit.action.save')}
        </Button>
      }
    >
      {fresh.note}
      <FormErrors
        error={save.error && placed(save.error)}
        labels={labels}
        onGo={scrollToField(form)}
      />
      <Form
        form={form}
        layout="vertical"
        initialValues={device ? valuesOf(device) : NEW_DEVICE}
        scrollToFirstError
        onFinish={(values) =>
          save.mutate(inputOf(org_id, values), {
            onError: (error) => {
              markFields(form, placed(error));
              if (error.stale) onDone();
            },
          })
        }
      >
        <Form.Item name="name" label={labels.name} rules={[words]}>
          <Input maxLength={100} />
        </Form.Item>
        <div className="resources-pair">
          <Form.Item name="kind" label={labels.kind} rules={[words]}>
            <AutoComplete
              maxLength={32}
              options={MODALITIES.map((value) => ({
                value,
                label: `${value} ${t(`resources.modality.${value}`)}`,
              }))}
            />
          </Form.Item>
          <Form.Item name="model" label={labels.model}>
            <Input maxLength={100} />
          </Form.Item>
        </div>
        <div className="resources-pair">
          <Form.Item
            name="code"
            label={labels.code}
            extra={t('resources.templates.code-hint')}
            rules={[words]}
          >
            <Input maxLength={32} disabled={Boolean(device)} />
          </Form.Item>
          <Form.Item name="department_id" label={labels.department_id}>
            <Select
              allowClear
              loading={departments.isPending}
              options={departments.data ?? []}
              showSearch={{ optionFilterProp: 'label' }}
            />
          </Form.Item>
        </div>
        <Form.Item label={labels.hours} extra={t('resources.equipment.hours-hint')}>
          <Hours />
        </Form.Item>
        <Form.Item label={labels.exams}>
          <Exams />
        </Form.Item>
      </Form>
    </Drawer>
  );
}

/** Refusals of a row stand below its list. */
function placed(error: ApiError): ApiError {
  const { status, code, detail, trace_id, data } = error;
  const errors = error.errors.map((field) => ({ ...field, path: placeOf(field.path) }));
  return new ApiError({ status, code, detail, trace_id, data, errors });
}

function Hours() {
  const required = [{ required: true, message: t('kit.form.required') }];
  const time = { pattern: TIME_OF_DAY, message: t('resources.equipment.time-shape') };
  return (
    <Form.List name="hours">
      {(rows, { add, remove }, { errors }) => (
        <div className="lt-stack">
          {rows.map((row) => (
            <div key={row.key} className="resources-hours">
              <Form.Item name={[row.name, 'weekdays']} rules={required}>
                <Select
                  mode="multiple"
                  aria-label={t('resources.templates.weekdays')}
                  placeholder={t('resources.templates.weekdays')}
                  options={WEEKDAYS.map((value) => ({
                    value,
                    label: t(`resources.weekday.${value}`),
                  }))}
                />
              </Form.Item>
              <Form.Item name={[row.name, 'start']} rules={[...required, time]}>
                <Input aria-label={t('resources.equipment.start')} placeholder="08:00" />
              </Form.Item>
              <Form.Item
                name={[row.name, 'end']}
                dependencies={[['hours', row.name, 'start']]}
                rules={[
                  ...required,
                  time,
                  ({ getFieldValue }) => ({
                    validator: (_, end?: string) =>
                      !end || end > (getFieldValue(['hours', row.name, 'start']) ?? '')
                        ? Promise.resolve()
                        : Promise.reject(new Error(t('resources.equipment.end-first'))),
                  }),
                ]}
              >
                <Input aria-label={t('resources.equipment.end')} placeholder="17:00" />
              </Form.Item>
              <Form.Item name={[row.name, 'channel']}>
                <Select
                  aria-label={t('resources.channel')}
                  options={HOUR_CHANNELS.map((value) => ({
                    value,
                    label: t(`resources.channels.${value}`),
                  }))}
                />
              </Form.Item>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                disabled={rows.length === 1}
                aria-label={t('resources.equipment.hours-remove')}
                onClick={() => remove(row.name)}
              />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <div>
            <Button
              icon={<PlusOutlined />}
              onClick={() =>
                add({ weekdays: [6, 7], start: '08:00', end: '12:00', channel: 'routine' })
              }
            >
              {t('resources.equipment.hours-add')}
            </Button>
          </div>
        </div>
      )}
    </Form.List>
  );
}

function Exams() {
  const form = Form.useFormInstance<DeviceValues>();
  const required = [{ required: true, message: t('kit.form.required') }];
  return (
    <Form.List name="exams">
      {(rows, { add, remove }, { errors }) => (
        <div className="lt-stack">
          {rows.map((row) => (
            <div key={row.key} className="resources-exam">
              <Form.Item name={[row.name, 'code']} label={t('resources.exam')} rules={required}>
                <AsyncSelect
                  queryKey={['terminology', 'exam', 'pick']}
                  loadOptions={conceptOptions('exam')}
                  initial={initialExam(form.getFieldValue(['exams', row.name]))}
                  onChange={(_, option) =>
                    form.setFieldValue(['exams', row.name, 'name'], option?.label)
                  }
                />
              </Form.Item>
              <Form.Item name={[row.name, 'name']} hidden>
                <Input />
              </Form.Item>
              <Form.Item
                name={[row.name, 'minutes']}
                label={t('resources.minutes')}
                rules={required}
              >
                <InputNumber className="lt-full" min={1} max={480} precision={0} />
              </Form.Item>
              <Form.Item name={[row.name, 'price_yuan']} label={t('resources.price')}>
                <InputNumber className="lt-full" min={0} precision={2} prefix="¥" />
              </Form.Item>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('resources.equipment.exam-remove')}
                onClick={() => remove(row.name)}
              />
              <Form.Item
                className="resources-exam-wide"
                name={[row.name, 'preparation']}
                label={t('resources.preparation')}
              >
                <Input maxLength={500} />
              </Form.Item>
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <div>
            <Button icon={<PlusOutlined />} onClick={() => add({ minutes: MINUTES_USUAL })}>
              {t('resources.equipment.exam-add')}
            </Button>
          </div>
        </div>
      )}
    </Form.List>
  );
}

function initialExam(exam: { code?: string; name?: string } | undefined) {
  return exam?.code ? { value: exam.code, label: exam.name ?? exam.code } : undefined;
}

/** Whether this person keeps the devices of this member. */
function useKeepsDevices(org_id: string): boolean {
  const mine = useSession().assignment.org_id;
  return useCan()('resources.equipment') && mine === org_id;
}

interface DeviceButtonProps {
  org_id: string;
  /** The device to change; a new one if absent. */
  device?: Equipment;
  onDone: () => void;
}

/** The entrance to the form, for those who keep the devices. */
export function DeviceButton({ org_id, device, onDone }: DeviceButtonProps) {
  const [open, setOpen] = useState(false);
  if (!useKeepsDevices(org_id)) return null;
  return (
    <>
      <Button icon={device ? undefined : <PlusOutlined />} onClick={() => setOpen(true)}>
        {t(device ? 'resources.change' : 'resources.equipment.new')}
      </Button>
      {open && (
        <EquipmentForm
          org_id={org_id}
          device={device}
          onClose={() => setOpen(false)}
          onDone={onDone}
        />
      )}
    </>
  );
}
