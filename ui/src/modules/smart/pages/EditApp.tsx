import { useParams } from '@tanstack/react-router';
import { Button, Checkbox, Form, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { call, ifMatch, type Versioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { ApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors, forgive, markFields, scrollToField } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { inputOf, useApp } from '../queries';
import { type AppInput, type AppRow, CLIENTS, type Created } from '../types';
import { SecretNote } from './App';
import '../smart.css';

const NAME_CHARS_MAX = 60;
const DESCRIPTION_CHARS_MAX = 300;
const USUAL = [
  'openid',
  'fhirUser',
  'profile',
  'launch',
  'launch/patient',
  'offline_access',
  'online_access',
  'patient/*.rs',
  'patient/Observation.rs',
  'patient/Condition.rs',
  'patient/MedicationRequest.rs',
  'patient/AllergyIntolerance.rs',
  'user/*.rs',
  'user/*.cruds',
];
const USUAL_BACKEND = ['system/*.rs', 'system/Patient.rs', 'system/Observation.rs'];

/** The form, where the keys are the text that is pasted. */
type FormValues = Omit<AppInput, 'jwks'> & { jwks: string };

const NEW: Omit<FormValues, 'name' | 'org_id'> = {
  description: '',
  client: 'public',
  redirect_uris: [],
  launch_url: null,
  scopes: ['launch/patient', 'openid', 'fhirUser', 'patient/*.rs'],
  jwks: '',
  jwks_url: null,
  account: null,
  everyone: false,
  state: 'active',
};

/** An app: new, or changed. */
export default function EditApp() {
  const { id } = useParams({ strict: false }) as { id?: string };
  const app = useApp(id);
  if (id === undefined) return <AppForm />;
  if (app.isPending) return <PageSkeleton />;
  if (app.isError) {
    return <ErrorState page error={app.error} onRetry={() => void app.refetch()} />;
  }
  return <AppForm known={app.data} />;
}

function valuesOf(app: AppRow): FormValues {
  const input = inputOf(app);
  return { ...input, jwks: input.jwks ? JSON.stringify(input.jwks, null, 2) : '' };
}

/** What is sent: only what an app of this kind has. */
function sent(values: FormValues): AppInput {
  const backend = values.client === 'backend';
  const keys = backend || values.client === 'keys';
  return {
    ...values,
    description: values.description ?? '',
    redirect_uris: backend ? [] : values.redirect_uris,
    launch_url: backend ? null : values.launch_url || null,
    jwks: keys && values.jwks.trim() ? parsed(values.jwks) : null,
    jwks_url: keys ? values.jwks_url || null : null,
    account: backend ? values.account : null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError({
      status: 400,
      code: 'smart.jwks',
      detail: t('smart.jwks-unreadable'),
      errors: [{ path: 'jwks', code: 'smart.jwks' }],
    });
  }
}

function AppForm({ known }: { known?: Versioned<AppRow> }) {
  const [form] = Form.useForm<FormValues>();
  const go = useGo();
  const [made, setMade] = useState<Created>();
  const save = useCommand(
    async (values: FormValues, headers) =>
      known
        ? await call<AppRow>('PUT', `/api/smart/apps/${known.body.id}`, {
            body: sent(values),
            headers: { ...headers, ...ifMatch(known.version) },
          })
        : await call<Created>('POST', '/api/smart/apps', { body: sent(values), headers }),
    {
      invalidates: [['smart-app']],
      onSuccess: (saved) => {
        toast.success(t('smart.saved'));
        if ('secret' in saved && saved.secret) setMade(saved);
        else go(`/smart/apps/${'app' in saved ? saved.app.id : saved.id}`, { replace: true });
      },
    },
  );
  const title = t(known ? 'smart.edit' : 'smart.new');
  const back = known ? `/smart/apps/${known.body.id}` : '/smart/apps';
  if (made?.secret) {
    return (
      <Page title={title} back={back}>
        <SecretNote secret={made.secret} />
        <Button type="primary" onClick={() => go(`/smart/apps/${made.app.id}`, { replace: true })}>
          {t('smart.secret.noted')}
        </Button>
      </Page>
    );
  }
  const names = [
    'name',
    'description',
    'client',
    'redirect_uris',
    'launch_url',
    'scopes',
    'jwks',
    'jwks_url',
    'account',
    'everyone',
  ];
  const labels = Object.fromEntries(names.map((name) => [name, t(`smart.field.${name}`)]));
  return (
    <Page title={title} back={back}>
      <Section>
        <FormErrors
          error={save.error}
          labels={{ ...labels, org_id: t('smart.field.org') }}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={known ? valuesOf(known.body) : NEW}
          onValuesChange={(changed) => forgive(form, changed)}
          onFinish={(values) =>
            save.mutate(
              { ...NEW, ...(known && valuesOf(known.body)), ...values },
              { onError: (error) => markFields(form, error) },
            )
          }
        >
          <Fields known={known !== undefined} />
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t(known ? 'smart.save' : 'smart.create')}
          </Button>
        </Form>
      </Section>
    </Page>
  );
}

function Fields({ known }: { known: boolean }) {
  const client = Form.useWatch('client') as AppInput['client'] | undefined;
  const required = { required: true, message: t('kit.form.required') };
  const backend = client === 'backend';
  const keys = backend || client === 'keys';
  const usual = (backend ? USUAL_BACKEND : USUAL).map((value) => ({ value, label: value }));
  return (
    <>
      <Form.Item name="name" label={t('smart.field.name')} rules={[required]}>
        <Input maxLength={NAME_CHARS_MAX} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="description"
        label={t('smart.field.description')}
        extra={t('smart.hint.description')}
      >
        <Input.TextArea rows={2} maxLength={DESCRIPTION_CHARS_MAX} />
      </Form.Item>
      <Form.Item
        name="org_id"
        label={t('smart.field.org')}
        extra={t('smart.hint.org')}
        rules={[required]}
      >
        <OrgSelect disabled={known} />
      </Form.Item>
      <Form.Item name="client" label={t('smart.field.client')}>
        <Radio.Group disabled={known} className="smart-choices">
          {CLIENTS.map((value) => (
            <Radio key={value} value={value}>
              {t(`smart.client.${value}`)}
              <span className="lt-muted smart-choice-hint">{t(`smart.client-hint.${value}`)}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      {!backend && (
        <>
          <Form.Item
            name="redirect_uris"
            label={t('smart.field.redirect_uris')}
            extra={t('smart.hint.redirect_uris')}
            rules={[required]}
          >
            <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，']} />
          </Form.Item>
          <Form.Item
            name="launch_url"
            label={t('smart.field.launch_url')}
            extra={t('smart.hint.launch_url')}
          >
            <Input autoComplete="off" />
          </Form.Item>
        </>
      )}
      {backend && (
        <Form.Item
          name="account"
          label={t('smart.field.account')}
          extra={t('smart.hint.account')}
          rules={[required]}
        >
          <Input autoComplete="off" />
        </Form.Item>
      )}
      {keys && (
        <>
          <Form.Item name="jwks" label={t('smart.field.jwks')} extra={t('smart.hint.jwks')}>
            <Input.TextArea rows={5} className="smart-json" spellCheck={false} />
          </Form.Item>
          <Form.Item
            name="jwks_url"
            label={t('smart.field.jwks_url')}
            extra={t('smart.hint.jwks_url')}
          >
            <Input autoComplete="off" />
          </Form.Item>
        </>
      )}
      <Form.Item
        name="scopes"
        label={t('smart.field.scopes')}
        extra={t('smart.hint.scopes')}
        rules={[required]}
      >
        <Select mode="tags" options={usual} tokenSeparators={[',', ' ', '，']} />
      </Form.Item>
      {!backend && (
        <Form.Item name="everyone" valuePropName="checked" extra={t('smart.hint.everyone')}>
          <Checkbox>{t('smart.everyone.yes')}</Checkbox>
        </Form.Item>
      )}
    </>
  );
}
