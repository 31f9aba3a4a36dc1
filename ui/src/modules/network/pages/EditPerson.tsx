import { Button, Form, Input, Select } from 'antd';
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
import { conceptOptions, decisionOptions, options, useConceptName, usePerson } from '../queries';
import type { Practitioner, PractitionerInput } from '../types';
import { PROFESSIONS, STAFF_STATUSES, TITLE_RANKS } from '../types';
import { GuardedRefusal, IDENTITY_CODE, isGuarded } from './GuardedRefusal';
import { useOptionalParam } from './params';
import '../network.css';

/** Recording a practitioner, or what is known of one. */
export default function EditPerson() {
  const id = useOptionalParam('id');
  const found = usePerson(id);
  if (!id) return <Editor />;
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <Editor person={found.data.body} version={found.data.version} />;
}

/** Answers that are words of a list. */
const LISTS: Record<string, string> = {
  sex: 'sex',
  profession: 'profession',
  title_rank: 'rank',
  staff_status: 'staff-status',
};

function Editor({ person, version }: { person?: Practitioner; version?: string }) {
  const [form] = Form.useForm<PractitionerInput>();
  const go = useGo();
  const nameOf = useOrgName();
  const specialty = useConceptName('specialty', person?.specialty);
  const home = person ? `/network/people/${person.id}` : '/network/people';
  const labels = {
    name: t('network.people.name'),
    code: t('network.people.code'),
    resident_id: t('network.people.resident-id'),
    home_org_id: t('network.people.home'),
    staff_status: t('network.guarded.staff-status'),
    sex: t('network.people.sex'),
    profession: t('network.people.profession'),
    title_rank: t('network.people.rank'),
    title: t('network.people.title-name'),
    specialty: t('network.field.specialty'),
    phone: t('network.field.phone'),
    pay_grade: t('network.people.pay-grade'),
    identity_reason: t('network.field.identity-reason'),
    decision_id: t('network.field.decision'),
  };
  const merge = useMerge({
    form,
    seen: person && { values: initial(person), version: version ?? '' },
    labels,
    read: async () => {
      const path = `/api/practitioners/${person?.id}`;
      const newest = await callVersioned<Practitioner>('GET', path);
      return { values: initial(newest.body), version: newest.version };
    },
    show: (path, value) =>
      path === 'home_org_id'
        ? nameOf(String(value))
        : textOr(String(value), `network.${LISTS[path] ?? path}.${value}`),
  });
  const save = useCommand(
    (input: object, headers) =>
      person
        ? call<Practitioner>('PUT', `/api/practitioners/${person.id}`, {
            body: input,
            headers: { ...headers, ...ifMatch(merge.version) },
          })
        : call<Practitioner>('POST', '/api/practitioners', { body: input, headers }),
    {
      invalidates: [['practitioner'], ['decision']],
      onSuccess: (saved) => {
        toast.success(t('network.saved'));
        go(`/network/people/${saved.id}`, { replace: true });
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  const failedCheck = save.error?.code === IDENTITY_CODE;
  return (
    <Page title={person ? person.name : t('network.people.new')} back={home}>
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
        initialValues={initial(person)}
        scrollToFirstError
        onValuesChange={(changed) => forgive(form, changed)}
        onFinish={(values) => save.mutate(givenValues(values), { onError: merge.refused })}
      >
        <Section title={t('network.tab.facts')}>
          <Form.Item name="name" label={labels.name} rules={[required]}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="code" label={labels.code} rules={[required]}>
            <Input maxLength={32} />
          </Form.Item>
          <Form.Item
            name="resident_id"
            label={labels.resident_id}
            extra={t('network.people.resident-id-hint')}
          >
            <Input maxLength={18} />
          </Form.Item>
          {(failedCheck || person?.identity_reason) && (
            <Form.Item
              name="identity_reason"
              label={t('network.field.identity-reason')}
              extra={t('network.identity.hint')}
            >
              <Input maxLength={200} />
            </Form.Item>
          )}
          <Form.Item name="sex" label={t('network.people.sex')}>
            <Select allowClear options={options('sex', ['male', 'female'])} />
          </Form.Item>
          <Form.Item name="profession" label={t('network.people.profession')} rules={[required]}>
            <Select options={options('profession', PROFESSIONS)} />
          </Form.Item>
          <Form.Item name="title_rank" label={t('network.people.rank')}>
            <Select allowClear options={options('rank', TITLE_RANKS)} />
          </Form.Item>
          <Form.Item name="title" label={t('network.people.title-name')}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="specialty" label={t('network.field.specialty')}>
            <AsyncSelect
              allowClear
              queryKey={['terminology', 'specialty', 'pick']}
              loadOptions={conceptOptions('specialty')}
              initial={
                person?.specialty ? { value: person.specialty, label: specialty } : undefined
              }
            />
          </Form.Item>
          <Form.Item name="phone" label={t('network.field.phone')}>
            <Input maxLength={20} />
          </Form.Item>
        </Section>
        <Section title={t('network.people.employment')}>
          <p className="lt-muted">{t('network.people.employment-why')}</p>
          <Form.Item name="home_org_id" label={labels.home_org_id} rules={[required]}>
            <OrgSelect />
          </Form.Item>
          <Form.Item name="staff_status" label={labels.staff_status}>
            <Select allowClear options={options('staff-status', STAFF_STATUSES)} />
          </Form.Item>
          <Form.Item name="pay_grade" label={t('network.people.pay-grade')}>
            <Input maxLength={60} />
          </Form.Item>
          {person && (
            <Form.Item name="decision_id" label={labels.decision_id} extra={t('network.six.cite')}>
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

function initial(person: Practitioner | undefined): Partial<PractitionerInput> {
  if (!person) return {};
  return {
    code: person.code,
    name: person.name,
    sex: person.sex ?? undefined,
    profession: person.profession,
    title_rank: person.title_rank,
    title: person.title ?? undefined,
    specialty: person.specialty ?? undefined,
    home_org_id: person.home_org_id,
    staff_status: person.staff_status ?? undefined,
    pay_grade: person.pay.grade ?? undefined,
    resident_id: person.resident_id ?? undefined,
    identity_reason: person.identity_reason ?? undefined,
    phone: person.phone ?? undefined,
  };
}
