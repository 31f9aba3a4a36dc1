import { Button, Form, Input, Select, Switch } from 'antd';
import { call, callVersioned, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { t, textOr } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors, forgive, scrollToField } from '@/kit/FormErrors';
import { givenValues } from '@/kit/merge';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { useMerge } from '@/kit/useMerge';
import { decisionOptions, options, useOrganization } from '../queries';
import type { Organization, OrganizationDetail, OrganizationInput } from '../types';
import { FUNDINGS, INPUT_MODES, LEVELS, ORG_KINDS, OWNERSHIPS, POSITIONINGS } from '../types';
import { DateItem } from './fields';
import { GuardedRefusal, IDENTITY_CODE, isGuarded } from './GuardedRefusal';
import { useOptionalParam } from './params';
import '../network.css';

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
  const [form] = Form.useForm<OrganizationInput>();
  const go = useGo();
  const nameOf = useOrgName();
  const home = org ? `/network/organizations/${org.id}` : '/network';
  const field = (name: string) => t(`network.field.${name.replaceAll('_', '-')}`);
  const labels = Object.fromEntries(FIELDS.map((name) => [name, field(name)]));
  const merge = useMerge({
    form,
    seen: org && { values: initial(org), version: version ?? '' },
    labels,
    read: async () => {
      const path = `/api/organizations/${org?.id}`;
      const newest = await callVersioned<OrganizationDetail>('GET', path);
      return { values: initial(newest.body), version: newest.version };
    },
    show: (path, value) => {
      if (path === 'parent_id') return nameOf(String(value));
      return textOr(String(value), `network.${path.replaceAll('_', '-')}.${value}`);
    },
  });
  const save = useCommand(
    (input: object, headers) =>
      org
        ? call<Organization>('PUT', `/api/organizations/${org.id}`, {
            body: input,
            headers: { ...headers, ...ifMatch(merge.version) },
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
  const choose = (
    name: keyof OrganizationInput,
    list: string,
    values: readonly string[],
    must = false,
  ) => (
    <Form.Item name={name} label={field(name)} rules={must ? [required] : []}>
      <Select allowClear={!must} options={options(list, values)} />
    </Form.Item>
  );
  const words = (name: keyof OrganizationInput, must = false) => (
    <Form.Item name={name} label={field(name)} rules={must ? [required] : []}>
      <Input maxLength={200} />
    </Form.Item>
  );
  return (
    <Page title={org ? org.name : t('network.organizations.new')} back={home}>
      {merge.note}
      <GuardedRefusal error={save.error} />
      <FormErrors
        error={isGuarded(save.error) || save.error?.stale ? null : save.error}
        labels={labels}
        onGo={scrollToField(form)}
      />
      <Form
        form={form}
        layout="vertical"
        className="lt-form"
        initialValues={initial(org)}
        scrollToFirstError
        onValuesChange={(changed) => forgive(form, changed)}
        onFinish={(values) =>
          save.mutate(givenValues({ ...values, position: org?.position }), {
            onError: merge.refused,
          })
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
          <DateItem name="opened_on" label={field('opened_on')} />
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
  'opened_on',
];

function initial(org: OrganizationDetail | undefined): Partial<OrganizationInput> {
  if (!org) return { legal_person: true, level: 'town' };
  const known = org as Record<string, unknown>;
  return Object.fromEntries(
    [...FIELDS, 'legal_person', 'position'].map((name) => [name, known[name] ?? undefined]),
  );
}
