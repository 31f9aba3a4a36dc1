import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Form, type FormInstance, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import type { ApiError } from '@/api/errors';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors, forgive, markFields, scrollToField } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { StatusTag } from '@/kit/StatusTag';
import type { Tone } from '@/kit/tokens';
import { DraftMark, useDraft } from '@/kit/useDraft';
import { receiveSource } from '../indexApi';
import { fieldOf, type SourceValues, sourceOf } from '../sources';
import { IDENTIFIER_KINDS, SEXES, type SourceReceived } from '../types';
import '../record.css';

/** Scopes that reach beyond one's own organization. */
const WIDE_SCOPES = ['below', 'group', 'region'];
const IDENTIFIERS_MAX = 20;

/** A member's registration in another system, entered by hand. */
export default function NewSource() {
  const { assignment } = useSession();
  const [form] = Form.useForm<SourceValues>();
  const kept = useDraft<SourceValues>(form, 'record.source');
  const [received, setReceived] = useState<SourceReceived | null>(null);
  const start: SourceValues = {
    org_id: assignment.org_id,
    identifiers: [{ kind: 'resident-id' }],
  };
  const send = useCommand(
    (values: SourceValues, headers) => receiveSource(sourceOf(values), headers),
    {
      invalidates: [['patient'], ['match-review'], ['source-record']],
      onSuccess: (answer) => {
        kept.discard();
        setReceived(answer);
      },
    },
  );
  function another() {
    // The next one usually comes out of the same system.
    const { org_id, system } = form.getFieldsValue(true) as SourceValues;
    form.resetFields();
    form.setFieldsValue({ org_id, system });
    send.reset();
    setReceived(null);
  }
  return (
    <Page
      title={t('record.source-new.title')}
      back="/record/patients"
      meta={!received && <DraftMark draft={kept} />}
    >
      {received && <Outcome received={received} onAnother={another} />}
      <div hidden={received !== null}>
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={start}
          onValuesChange={(changed) => {
            forgive(form, changed);
            kept.save(form.getFieldsValue(true));
          }}
          onFinish={() =>
            send.mutate(form.getFieldsValue(true) as SourceValues, {
              onError: (error) => markFields(form, atFields(error)),
            })
          }
          scrollToFirstError
        >
          <FormErrors
            error={send.error && atFields(send.error)}
            labels={labels()}
            onGo={scrollToField(form)}
          />
          <Where form={form} />
          <Says />
          <Numbers />
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {t('record.source-new.button')}
          </Button>
        </Form>
      </div>
    </Page>
  );
}

function Where({ form }: { form: FormInstance<SourceValues> }) {
  const { permissions } = useSession();
  const wide = WIDE_SCOPES.includes(permissions['record.register'] ?? '');
  const said = labels();
  const org = Form.useWatch('org_id', form);
  const required = { required: true, whitespace: true, message: t('kit.form.required') };
  return (
    <Section title={t('record.source-new.where')}>
      <Form.Item name="org_id" label={said.org_id} rules={[{ ...required, whitespace: false }]}>
        <OrgSelect key={org ? 'known' : 'none'} providersOnly disabled={!wide} />
      </Form.Item>
      <div className="record-pair">
        <Form.Item name="system" label={said.system} rules={[required]}>
          <Input
            autoFocus
            maxLength={40}
            autoComplete="off"
            placeholder={t('record.source-new.system-hint')}
          />
        </Form.Item>
        <Form.Item
          name="local_number"
          label={said.local_number}
          extra={t('record.source-new.number-hint')}
          rules={[required]}
        >
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
      </div>
    </Section>
  );
}

function Says() {
  const said = labels();
  return (
    <Section title={t('record.source-new.says')}>
      <p className="lt-muted record-plain">{t('record.source-new.says-hint')}</p>
      <div className="record-pair">
        <Form.Item name="name" label={said.name}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="former_names" label={said.former_names}>
          <Select
            mode="tags"
            open={false}
            suffixIcon={null}
            tokenSeparators={['、', '，', ',', ' ']}
            placeholder={t('record.source-new.former-hint')}
          />
        </Form.Item>
        <Form.Item name="sex" label={said.sex}>
          <Radio.Group
            optionType="button"
            options={SEXES.map((value) => ({ value, label: t(`record.sex.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="birth_date" label={said.birth_date}>
          <Input maxLength={40} autoComplete="off" placeholder="1958-03-16" />
        </Form.Item>
        <Form.Item name="phone" label={said.phone}>
          <Input inputMode="tel" maxLength={40} autoComplete="off" />
        </Form.Item>
        <Form.Item name="village" label={said.village}>
          <Input maxLength={200} />
        </Form.Item>
      </div>
      <Form.Item name="address" label={said.address}>
        <Input maxLength={200} />
      </Form.Item>
    </Section>
  );
}

function Numbers() {
  return (
    <Section title={t('record.field.identifier')}>
      <Form.List name="identifiers">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="record-source-number">
                <Form.Item name={[row.name, 'kind']} noStyle>
                  <Select
                    aria-label={t('record.field.identifier-kind')}
                    options={IDENTIFIER_KINDS.map((value) => ({
                      value,
                      label: t(`record.identifier.${value}`),
                    }))}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'value']} noStyle>
                  <Input
                    maxLength={200}
                    autoComplete="off"
                    aria-label={t('record.field.identifier')}
                  />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t('record.source-new.remove-number')}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button
              icon={<PlusOutlined />}
              disabled={rows.length >= IDENTIFIERS_MAX}
              onClick={() => add({ kind: 'health-card' })}
            >
              {t('record.identifiers.add')}
            </Button>
          </>
        )}
      </Form.List>
      <Form.Item name="card_verified" valuePropName="checked" className="record-source-card">
        <Checkbox>{t('record.source-new.card')}</Checkbox>
      </Form.Item>
    </Section>
  );
}

const OUTCOME_TONES: Record<SourceReceived['outcome'], Tone> = {
  linked: 'done',
  review: 'soon',
  new: 'active',
};

/** What became of it: whose it is now, and what somebody still has to look at. */
function Outcome({ received, onAnother }: { received: SourceReceived; onAnother: () => void }) {
  const can = useCan();
  const { outcome, patient_id, review_ids } = received;
  return (
    <Section title={t('record.source-new.outcome')}>
      <div className="lt-stack" role="status">
        <span>
          <StatusTag
            tone={OUTCOME_TONES[outcome]}
            label={t(`record.source-new.outcomes.${outcome}`)}
          />
        </span>
        <span>{t(`record.source-new.outcome-hint.${outcome}`)}</span>
        {review_ids.length > 0 &&
          (can('record.index') ? (
            <ul className="record-list">
              {review_ids.map((id, at) => (
                <li key={id}>
                  <PathLink to={`/record/index/${id}`}>
                    {t('record.source-new.pair', { n: at + 1 })}
                  </PathLink>
                </li>
              ))}
            </ul>
          ) : (
            <span className="lt-muted">
              {t('record.source-new.pairs', { n: review_ids.length })}
            </span>
          ))}
        <div className="lt-row">
          <Button type="primary" onClick={onAnother}>
            {t('record.source-new.another')}
          </Button>
          <PathLink to={`/record/patients/${patient_id}`}>{t('record.open')}</PathLink>
        </div>
      </div>
    </Section>
  );
}

/** The form is flat; the server speaks of `demographics`. */
function atFields(error: ApiError): ApiError {
  const errors = error.errors.map((field) => ({ ...field, path: fieldOf(field.path) }));
  return Object.assign(Object.create(Object.getPrototypeOf(error)), error, { errors });
}

function labels(): Record<string, string> {
  const f = (name: string) => t(`record.field.${name}`);
  return {
    org_id: t('record.source-new.org'),
    system: t('record.source-new.system'),
    local_number: t('record.source-new.number'),
    name: f('name'),
    former_names: t('record.index.field.former-names'),
    sex: f('sex'),
    birth_date: f('birth-date'),
    phone: f('phone'),
    village: f('village'),
    address: f('address'),
    identifiers: f('identifier'),
  };
}
