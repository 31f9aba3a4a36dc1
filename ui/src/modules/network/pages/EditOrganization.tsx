import { Button, DatePicker, Form, Input, Select, Switch } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { decisionOptions, options, useOrganization } from '../queries';
import type { Organization, OrganizationDetail, OrganizationInput } from '../types';
import { FUNDINGS, INPUT_MODES, LEVELS, ORG_KINDS, OWNERSHIPS, POSITIONINGS } from '../types';
import { GuardedRefusal, IDENTITY_CODE, isGuarded } from './GuardedRefusal';
import { useOptionalParam } from './params';
import '../network.css';

type Values = Omit<OrganizationInput, 'opened_on'> & { opened?: Dayjs | null };

/** Recording a member, or what is known of one. */
export default function EditOrganization() {
  const id = useOptionalParam('id');
  const found = useOrganization(id);
  if (!id) return <Editor />;
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <Editor org={found.data.body} version={found.data.version} />;
}

function Editor({ org, version }: { org?: OrganizationDetail; version?: string }) {
  const [form] = Form.useForm<Values>();
  const go = useGo();
  const home = org ? `/network/organizations/${org.id}` : '/network';
  const save = useCommand(
    (input: OrganizationInput, headers) =>
      org
        ? call<Organization>('PUT', `/api/organizations/${org.id}`, {
            body: input,
            headers: { ...headers, ...ifMatch(version ?? '') },
          })
        : call<Organization>('POST', '/api/organizations', { body: input, headers }),
    {
      invalidates: [['organization'], ['decision']],
      onSuccess: (saved) => {
        toast.success(t('network.saved'));
        go(`/network/organizations/${saved.id}`, { replace: true });
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  const failedCheck = save.error?.code === IDENTITY_CODE;
  const field = (name: keyof Values) => t(`network.field.${String(name).replaceAll('_', '-')}`);
  const choose = (name: keyof Values, list: string, values: readonly string[], must = false) => (
    <Form.Item name={name} label={field(name)} rules={must ? [required] : []}>
      <Select allowClear={!must} options={options(list, values)} />
    </Form.Item>
  );
  const words = (name: keyof Values, must = false) => (
    <Form.Item name={name} label={field(name)} rules={must ? [required] : []}>
      <Input maxLength={200} />
    </Form.Item>
  );
  return (
    <Page title={org ? org.name : t('network.organizations.new')} back={home}>
      <GuardedRefusal error={save.error} />
      <FormErrors
        error={isGuarded(save.error) ? null : save.error}
        labels={Object.fromEntries(FIELDS.map((name) => [name, field(name as keyof Values)]))}
        onGo={scrollToField(form)}
      />
      <Form
        form={form}
        layout="vertical"
        className="lt-form"
        initialValues={initial(org)}
        onFinish={(values) =>
          save.mutate(inputOf(values), { onError: (error) => markFields(form, error) })
        }
      >
        <Section title={t('network.tab.facts')}>
          {words('name', true)}
          {words('short_name')}
          {words('name_en')}
          {words('code', true)}
          {choose('level', 'level', LEVELS, true)}
          {words('credit_code')}
          {words('institution_code')}
          {(failedCheck || org?.identity_reason) && (
            <Form.Item
              name="identity_reason"
              label={field('identity_reason')}
              extra={t('network.identity.hint')}
            >
              <Input maxLength={200} />
            </Form.Item>
          )}
          <Form.Item name="legal_person" label={field('legal_person')} valuePropName="checked">
            <Switch />
          </Form.Item>
          {words('grade')}
          {words('phone')}
          {words('address')}
          <Form.Item name="opened" label={t('network.field.opened-on')}>
            <DatePicker />
          </Form.Item>
        </Section>
        <Section title={t('network.six.title')}>
          <p className="lt-muted">{t('network.six.edit')}</p>
          {choose('ownership', 'ownership', OWNERSHIPS)}
          <Form.Item name="parent_id" label={t('network.guarded.affiliation')}>
            <OrgSelect allowClear />
          </Form.Item>
          {choose('kind', 'kind', ORG_KINDS, true)}
          {choose('positioning', 'positioning', POSITIONINGS)}
          {choose('funding', 'funding', FUNDINGS)}
          {choose('input_mode', 'input-mode', INPUT_MODES)}
          {org && (
            <Form.Item
              name="decision_id"
              label={t('network.field.decision')}
              extra={t('network.six.cite')}
            >
              <AsyncSelect
                allowClear
                queryKey={['decision', 'pick']}
                loadOptions={decisionOptions}
              />
            </Form.Item>
          )}
        </Section>
        <div className="lt-row">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('kit.action.save')}
          </Button>
          <Button onClick={() => go(home)}>{t('kit.action.cancel')}</Button>
        </div>
      </Form>
    </Page>
  );
}

const FIELDS = [
  'name',
  'short_name',
  'name_en',
  'code',
  'level',
  'kind',
  'parent_id',
  'ownership',
  'positioning',
  'funding',
  'input_mode',
  'credit_code',
  'institution_code',
  'identity_reason',
  'grade',
  'phone',
  'address',
];

function initial(org: OrganizationDetail | undefined): Partial<Values> {
  if (!org) return { legal_person: true, level: 'town' };
  const { opened_on, ...known } = org;
  const kept = Object.fromEntries(
    [...FIELDS, 'legal_person', 'position'].map((name) => [
      name,
      (known as Record<string, unknown>)[name] ?? undefined,
    ]),
  );
  return { ...kept, opened: opened_on ? dayjs(opened_on) : undefined };
}

function inputOf({ opened, ...values }: Values): OrganizationInput {
  const plain = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  return {
    ...(plain as unknown as OrganizationInput),
    opened_on: opened?.format('YYYY-MM-DD'),
  };
}
