import { useParams } from '@tanstack/react-router';
import { Button, Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { call, ifMatch, type Versioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors, forgive, markFields, scrollToField } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { listed } from '@/kit/words';
import { codesTwice, type Draft, draftOf, isHalfFilled, mappingOf } from '../mapping';
import { MappingCodes, MappingItems } from '../parts/MappingCodes';
import { receiverInputOf, useDefaultMapping, useReceiver } from '../queries';
import {
  ACK_MODES,
  type Mapping,
  OUT_CHARSETS,
  OUT_KINDS,
  PROCESSINGS,
  type Receiver,
  type ReceiverInput,
  VERSIONS,
} from '../types';
import { kindText } from '../words';
import '../hl7v2.css';

const NAME_CHARACTERS_MAX = 100;
const PORT_MAX = 65_535;
const ANSWER_SECONDS_MAX = 120;
const TRIES_MAX = 100;

type NewReceiver = Omit<ReceiverInput, 'name' | 'org_id' | 'host' | 'port' | 'application'>;

function blank(usual: Mapping): NewReceiver {
  return {
    tls: null,
    charset: 'utf8',
    facility: '',
    own_application: 'LIANTI',
    own_facility: '',
    processing: 'P',
    hl7_version: '2.5.1',
    acknowledgement: 'original',
    answer_seconds: 30,
    tries_max: 20,
    kinds: ['ADT^A28', 'ADT^A31', 'ADT^A40', 'ORU^R01', 'MDM^T02', 'MDM^T08'],
    own: false,
    mapping: { ...usual, paths: {}, codes: {}, items: {}, maps: [] },
    state: 'active',
  };
}

/** A receiver: new, or changed. */
export default function EditReceiver() {
  const { id } = useParams({ strict: false }) as { id?: string };
  const receiver = useReceiver(id);
  const usual = useDefaultMapping();
  if (usual.isError) {
    return <ErrorState page error={usual.error} onRetry={() => void usual.refetch()} />;
  }
  if (receiver.isError) {
    return <ErrorState page error={receiver.error} onRetry={() => void receiver.refetch()} />;
  }
  if (!usual.data || (id !== undefined && !receiver.data)) return <PageSkeleton />;
  return <ReceiverForm key={id ?? 'new'} known={receiver.data} usual={usual.data} />;
}

/** As the form holds it: TLS is a box to tick. */
type Values = Omit<ReceiverInput, 'tls' | 'mapping'> & {
  secure: boolean;
  tls?: { ca_pem?: string; server_name?: string | null };
};

function ReceiverForm({ known, usual }: { known?: Versioned<Receiver>; usual: Mapping }) {
  const [form] = Form.useForm<Values>();
  const go = useGo();
  // What was read first stays the ground, and its version guards the writing.
  const [seen] = useState(known);
  const start = seen ? receiverInputOf(seen.body) : undefined;
  const [draft, setDraft] = useState<Draft>(() => draftOf(start?.mapping ?? blank(usual).mapping));
  const save = useCommand(
    (input: ReceiverInput, headers) =>
      seen
        ? call<Receiver>('PUT', `/api/hl7/receivers/${seen.body.id}`, {
            body: input,
            headers: { ...headers, ...ifMatch(seen.version) },
          })
        : call<Receiver>('POST', '/api/hl7/receivers', { body: input, headers }),
    {
      invalidates: [['hl7-receiver'], ['hl7-outbound', 'statistics']],
      onSuccess: (saved) => {
        toast.success(t('hl7v2.receiver.saved'));
        go(`/hl7v2/receivers/${saved.id}`, { replace: true });
      },
    },
  );
  const twice = codesTwice(draft);
  const blocked = isHalfFilled(draft)
    ? t('hl7v2.mapping.complete-rows')
    : twice.length > 0
      ? t('hl7v2.mapping.twice', { codes: listed(twice) })
      : undefined;
  const back = seen ? `/hl7v2/receivers/${seen.body.id}` : '/hl7v2/receivers';
  function finish({ secure, tls, ...values }: Values) {
    const name = tls?.server_name?.trim();
    const input: ReceiverInput = {
      ...blank(usual),
      ...start,
      ...values,
      tls: secure ? { ca_pem: tls?.ca_pem ?? '', server_name: name || null } : null,
      mapping: mappingOf(draft),
    };
    save.mutate(input, { onError: (error) => markFields(form, error) });
  }
  return (
    <Page title={t(seen ? 'hl7v2.receiver.edit' : 'hl7v2.receiver.new')} back={back}>
      <Section>
        <FormErrors error={save.error} labels={labels()} onGo={scrollToField(form)} />
        <Form<Values>
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={{
            ...(start ?? blank(usual)),
            secure: Boolean(start?.tls),
            tls: start?.tls ?? undefined,
          }}
          onValuesChange={(changed) => forgive(form, changed)}
          onFinish={finish}
        >
          <Where fixed={seen !== undefined} />
          <What />
          <How />
        </Form>
      </Section>
      <Section title={t('hl7v2.receiver.codes')}>
        <p className="lt-muted">{t('hl7v2.receiver.codes-hint')}</p>
        <MappingCodes
          codes={draft.codes}
          usual={usual}
          onChange={(codes) => setDraft({ ...draft, codes })}
        />
        <MappingItems items={draft.items} onChange={(items) => setDraft({ ...draft, items })} />
      </Section>
      <Section>
        <div className="lt-row">
          <Button
            type="primary"
            loading={save.isPending}
            disabled={blocked !== undefined}
            onClick={() => form.submit()}
          >
            {t(seen ? 'hl7v2.receiver.save' : 'hl7v2.receiver.create')}
          </Button>
          {blocked && <span className="lt-muted">{blocked}</span>}
        </div>
      </Section>
    </Page>
  );
}

function labels(): Record<string, string> {
  const names = ['name', 'org', 'host', 'port', 'charset', 'application', 'facility', 'kinds'];
  const own = Object.fromEntries(names.map((name) => [name, t(`hl7v2.receiver.${name}`)]));
  return {
    ...own,
    org_id: t('hl7v2.receiver.org'),
    own_application: t('hl7v2.receiver.own-application'),
    own_facility: t('hl7v2.receiver.own-facility'),
    hl7_version: t('hl7v2.receiver.version'),
    processing: t('hl7v2.sender.processing'),
    answer_seconds: t('hl7v2.receiver.answer'),
    tries_max: t('hl7v2.receiver.tries'),
    'tls.ca_pem': t('hl7v2.receiver.ca'),
    'tls.server_name': t('hl7v2.receiver.server-name'),
  };
}

function required() {
  return [{ required: true, message: t('kit.form.required') }];
}

function Where({ fixed }: { fixed: boolean }) {
  const text = <Input maxLength={NAME_CHARACTERS_MAX} autoComplete="off" />;
  return (
    <>
      <Form.Item
        name="name"
        label={t('hl7v2.receiver.name')}
        extra={t('hl7v2.receiver.name-hint')}
        rules={required()}
      >
        {text}
      </Form.Item>
      <Form.Item
        name="org_id"
        label={t('hl7v2.receiver.org')}
        extra={t('hl7v2.receiver.org-hint')}
        rules={required()}
      >
        <OrgSelect providersOnly disabled={fixed} />
      </Form.Item>
      <Form.Item
        name="host"
        label={t('hl7v2.receiver.host')}
        extra={t('hl7v2.receiver.host-hint')}
        rules={required()}
      >
        <Input maxLength={253} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="port" label={t('hl7v2.receiver.port')} rules={required()}>
        <InputNumber max={PORT_MAX} precision={0} />
      </Form.Item>
      <Form.Item name="secure" valuePropName="checked">
        <Checkbox>{t('hl7v2.receiver.tls')}</Checkbox>
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(before, after) => before.secure !== after.secure}>
        {({ getFieldValue }) =>
          getFieldValue('secure') && (
            <>
              <Form.Item
                name={['tls', 'ca_pem']}
                label={t('hl7v2.receiver.ca')}
                extra={t('hl7v2.receiver.ca-hint')}
                rules={required()}
              >
                <Input.TextArea
                  className="hl7-code"
                  autoSize={{ minRows: 4, maxRows: 10 }}
                  spellCheck={false}
                />
              </Form.Item>
              <Form.Item
                name={['tls', 'server_name']}
                label={t('hl7v2.receiver.server-name')}
                extra={t('hl7v2.receiver.server-name-hint')}
              >
                <Input maxLength={253} autoComplete="off" spellCheck={false} />
              </Form.Item>
            </>
          )
        }
      </Form.Item>
    </>
  );
}

function What() {
  return (
    <>
      <Form.Item
        name="kinds"
        label={t('hl7v2.receiver.kinds')}
        // Not `required`: a group of boxes may not carry that mark.
        rules={[{ type: 'array', min: 1, message: t('kit.form.required') }]}
      >
        <Checkbox.Group
          className="hl7-kinds"
          options={OUT_KINDS.map((value) => ({
            value,
            label: `${value} ${kindText(value)}`,
          }))}
        />
      </Form.Item>
      <Form.Item name="own" valuePropName="checked" extra={t('hl7v2.receiver.own-hint')}>
        <Checkbox>{t('hl7v2.receiver.own')}</Checkbox>
      </Form.Item>
    </>
  );
}

function How() {
  const text = <Input maxLength={NAME_CHARACTERS_MAX} autoComplete="off" />;
  return (
    <>
      <Form.Item name="application" label={t('hl7v2.receiver.application')} rules={required()}>
        {text}
      </Form.Item>
      <Form.Item name="facility" label={t('hl7v2.receiver.facility')}>
        {text}
      </Form.Item>
      <Form.Item
        name="own_application"
        label={t('hl7v2.receiver.own-application')}
        rules={required()}
      >
        {text}
      </Form.Item>
      <Form.Item name="own_facility" label={t('hl7v2.receiver.own-facility')}>
        {text}
      </Form.Item>
      <Form.Item name="charset" label={t('hl7v2.receiver.charset')}>
        <Select
          options={OUT_CHARSETS.map((value) => ({ value, label: t(`hl7v2.charset.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="hl7_version" label={t('hl7v2.receiver.version')}>
        <Select options={VERSIONS.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item name="processing" label={t('hl7v2.sender.processing')}>
        <Select
          options={PROCESSINGS.map((value) => ({ value, label: t(`hl7v2.processing.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="acknowledgement" label={t('hl7v2.receiver.ack')}>
        <Select
          options={ACK_MODES.map((value) => ({ value, label: t(`hl7v2.receiver.ack-${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="answer_seconds" label={t('hl7v2.receiver.answer')} rules={required()}>
        <InputNumber
          min={1}
          max={ANSWER_SECONDS_MAX}
          precision={0}
          suffix={t('hl7v2.receiver.seconds')}
        />
      </Form.Item>
      <Form.Item
        name="tries_max"
        label={t('hl7v2.receiver.tries')}
        extra={t('hl7v2.receiver.tries-hint')}
        rules={required()}
      >
        <InputNumber min={1} max={TRIES_MAX} precision={0} suffix={t('hl7v2.receiver.times')} />
      </Form.Item>
    </>
  );
}
