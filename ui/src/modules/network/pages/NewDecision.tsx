import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Input, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { toast } from '@/kit/toast';
import { options, personOptions } from '../queries';
import type { Decision, DecisionInput } from '../types';
import { DECISION_LEVELS, ORG_FIELDS, PERSON_FIELDS } from '../types';
import { EvidenceUpload } from './EvidenceUpload';
import '../network.css';

type Values = Omit<DecisionInput, 'decided_on'> & { day: Dayjs };

/** A decision of government level: who decided what, and which fields of whom may change. */
export default function NewDecision() {
  const [form] = Form.useForm<Values>();
  const go = useGo();
  const record = useCommand(
    (input: DecisionInput, headers) =>
      call<Decision>('POST', '/api/decisions', { body: input, headers }),
    {
      invalidates: [['decision']],
      onSuccess: (saved) => {
        toast.success(t('network.saved'));
        go(`/network/decisions?decision=${saved.id}`, { replace: true });
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  function submit({ day, ...rest }: Values) {
    record.mutate(
      { ...rest, decided_on: day.format('YYYY-MM-DD'), evidence_ids: rest.evidence_ids ?? [] },
      { onError: (error) => markFields(form, error) },
    );
  }
  return (
    <Page title={t('network.decisions.new')} back="/network/decisions">
      <Section>
        <FormErrors
          error={record.error}
          labels={{ items: t('network.decisions.covers'), decided_on: t('network.decisions.day') }}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={{ items: [{ kind: 'organization' }], level: 'district' }}
          onFinish={submit}
        >
          <Form.Item name="issuer" label={t('network.decisions.issuer')} rules={[required]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="number" label={t('network.decisions.number')} rules={[required]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="title" label={t('network.decisions.name')} rules={[required]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="level" label={t('network.decisions.level')} rules={[required]}>
            <Select options={options('decision-level', DECISION_LEVELS)} />
          </Form.Item>
          <Form.Item name="day" label={t('network.decisions.day')} rules={[required]}>
            <DatePicker maxDate={dayjs()} />
          </Form.Item>
          <Form.Item
            label={t('network.decisions.covers')}
            extra={t('network.decisions.covers-hint')}
          >
            <Form.List name="items">
              {(list, { add, remove }) => (
                <div className="lt-stack">
                  {list.map((field) => (
                    <Item key={field.key} index={field.name} onRemove={() => remove(field.name)} />
                  ))}
                  <Button icon={<PlusOutlined />} onClick={() => add({ kind: 'organization' })}>
                    {t('network.add')}
                  </Button>
                </div>
              )}
            </Form.List>
          </Form.Item>
          <Form.Item
            name="evidence_ids"
            label={t('network.evidence.title')}
            extra={t('network.evidence.hint')}
          >
            <EvidenceUpload />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={record.isPending}>
            {t('network.decisions.new')}
          </Button>
        </Form>
      </Section>
    </Page>
  );
}

/** One organization or person, and the fields that the decision lets change. */
function Item({ index, onRemove }: { index: number; onRemove: () => void }) {
  const kind = Form.useWatch<string | undefined>(['items', index, 'kind']);
  const person = kind === 'practitioner';
  return (
    <div className="network-item">
      <Form.Item name={[index, 'kind']} noStyle>
        <Select
          aria-label={t('network.decisions.of')}
          options={options('subject', ['organization', 'practitioner'])}
        />
      </Form.Item>
      <Form.Item name={[index, 'id']} noStyle rules={[{ required: true }]}>
        {person ? (
          <AsyncSelect
            aria-label={t('network.people.name')}
            queryKey={['practitioner', 'pick']}
            loadOptions={personOptions}
          />
        ) : (
          <OrgSelect aria-label={t('network.field.org')} />
        )}
      </Form.Item>
      <Form.Item name={[index, 'fields']} noStyle rules={[{ required: true }]}>
        <Select
          mode="multiple"
          aria-label={t('network.decisions.fields')}
          placeholder={t('network.decisions.fields')}
          options={options('guarded', person ? PERSON_FIELDS : ORG_FIELDS)}
        />
      </Form.Item>
      <Button
        type="text"
        icon={<DeleteOutlined />}
        aria-label={t('network.remove')}
        onClick={onRemove}
      />
    </div>
  );
}
