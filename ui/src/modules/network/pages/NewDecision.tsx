import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select } from 'antd';
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
import { rowErrors } from '../rowErrors';
import type { Decision, DecisionInput } from '../types';
import { DECISION_LEVELS, ORG_FIELDS, PERSON_FIELDS } from '../types';
import { EvidenceUpload } from './EvidenceUpload';
import { DateItem } from './fields';
import '../network.css';

/** A decision of government level: who decided what, and which fields of whom may change. */
export default function NewDecision() {
  const [form] = Form.useForm<DecisionInput>();
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
  const labels = {
    issuer: t('network.decisions.issuer'),
    number: t('network.decisions.number'),
    title: t('network.decisions.name'),
    decided_on: t('network.decisions.day'),
    items: t('network.decisions.covers'),
    'items.id': t('network.decisions.of'),
    'items.fields': t('network.decisions.fields'),
    evidence_ids: t('network.evidence.title'),
  };
  const required = { required: true, message: t('kit.form.required') };
  function submit(values: DecisionInput) {
    record.mutate(
      { ...values, evidence_ids: values.evidence_ids ?? [] },
      { onError: (error) => markFields(form, rowErrors(error, 'items', 'id')) },
    );
  }
  return (
    <Page title={t('network.decisions.new')} back="/network/decisions">
      <Section>
        <FormErrors
          error={record.error && rowErrors(record.error, 'items', 'id')}
          labels={labels}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={{ items: [{ kind: 'organization' }], level: 'district' }}
          onFinish={submit}
        >
          <Form.Item name="issuer" label={labels.issuer} rules={[required]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="number" label={labels.number} rules={[required]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="title" label={labels.title} rules={[required]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="level" label={t('network.decisions.level')} rules={[required]}>
            <Select options={options('decision-level', DECISION_LEVELS)} />
          </Form.Item>
          <DateItem name="decided_on" label={labels.decided_on} required past />
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
      <Form.Item
        name={[index, 'id']}
        noStyle
        rules={[{ required: true, message: t('kit.form.required') }]}
      >
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
      <Form.Item
        name={[index, 'fields']}
        noStyle
        rules={[{ required: true, message: t('kit.form.required') }]}
      >
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
