import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Select } from 'antd';
import { call, callVersioned, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { FormErrors, forgive, scrollToField } from '@/kit/FormErrors';
import { givenValues } from '@/kit/merge';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { type Seen, useMerge } from '@/kit/useMerge';
import { fullName, options, useRows, word } from '../queries';
import type { BondInput, BondView, Evidence, GroupSummary } from '../types';
import { BOND_KINDS } from '../types';
import { EvidenceUpload } from './EvidenceUpload';
import { DateItem } from './fields';
import { useOptionalParam } from './params';
import '../network.css';

const PLACE = { from: text() };

/** What ties two members: kind, dates, the paper that proves it. */
export default function EditBond() {
  const id = useOptionalParam('id');
  const found = useQuery({
    queryKey: ['bond', id],
    queryFn: () => callVersioned<BondView>('GET', `/api/bonds/${id}`),
    enabled: Boolean(id),
  });
  if (!id) return <Editor />;
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { body, version } = found.data;
  return <Editor id={id} seen={{ values: valuesOf(body), version }} files={body.evidence} />;
}

interface EditorProps {
  id?: string;
  seen?: Seen;
  files?: Evidence[];
}

function Editor({ id, seen, files }: EditorProps) {
  const [form] = Form.useForm<BondInput>();
  const [place] = useUrlFilters(PLACE);
  const go = useGo();
  const nameOf = useOrgName();
  const groups = useRows<GroupSummary>(['group', 'list'], '/api/groups', {});
  const from = (seen?.values as BondInput | undefined)?.from_org_id ?? place.from;
  const home = from ? `/network/organizations/${from}?tab=bonds` : '/network/graph';
  const labels = {
    kind: t('network.bonds.kind'),
    from_org_id: t('network.bonds.from'),
    to_org_id: t('network.bonds.to'),
    group_id: t('network.bonds.group'),
    title: t('network.bonds.name'),
    number: t('network.bonds.number'),
    terms: t('network.bonds.terms'),
    starts_on: t('network.field.from'),
    ends_on: t('network.field.until'),
    evidence_ids: t('network.evidence.title'),
  };
  const merge = useMerge({
    form,
    seen,
    labels,
    read: async () => {
      const { body, version } = await callVersioned<BondView>('GET', `/api/bonds/${id}`);
      return { values: valuesOf(body), version };
    },
    show: (path, value) =>
      path === 'kind'
        ? (word('bond', String(value)) ?? '')
        : path.endsWith('org_id')
          ? nameOf(String(value))
          : String(value),
  });
  const save = useCommand(
    (input: object, headers) =>
      id
        ? call('PUT', `/api/bonds/${id}`, {
            body: input,
            headers: { ...headers, ...ifMatch(merge.version) },
          })
        : call('POST', '/api/bonds', { body: input, headers }),
    {
      invalidates: [['bond']],
      onSuccess: () => {
        toast.success(t('network.saved'));
        go(home, { replace: true });
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  const kind = Form.useWatch('kind', form);
  return (
    <Page title={t(id ? 'network.bonds.edit' : 'network.bonds.new')} back={home}>
      <Section>
        {merge.note}
        <FormErrors
          error={save.error?.stale ? null : save.error}
          labels={labels}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={seen?.values ?? { from_org_id: place.from, evidence_ids: [] }}
          onFinish={(values) => save.mutate(givenValues(values), { onError: merge.refused })}
          scrollToFirstError
          onValuesChange={(changed) => forgive(form, changed)}
        >
          <Form.Item name="kind" label={labels.kind} rules={[required]}>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              options={options('bond', BOND_KINDS)}
            />
          </Form.Item>
          <Form.Item name="from_org_id" label={labels.from_org_id} rules={[required]}>
            <OrgSelect />
          </Form.Item>
          <Form.Item name="to_org_id" label={labels.to_org_id} rules={[required]}>
            <OrgSelect />
          </Form.Item>
          <Form.Item name="group_id" label={labels.group_id}>
            <Select
              allowClear
              options={(groups.data ?? []).map((one) => ({ value: one.id, label: fullName(one) }))}
            />
          </Form.Item>
          <Form.Item name="title" label={labels.title} rules={[required]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="number" label={labels.number}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="terms" label={labels.terms}>
            <Input.TextArea rows={4} maxLength={2000} />
          </Form.Item>
          <div className="network-pair">
            <DateItem name="starts_on" label={labels.starts_on} required />
            <DateItem name="ends_on" label={labels.ends_on} />
          </div>
          <Form.Item
            name="evidence_ids"
            label={labels.evidence_ids}
            extra={
              kind === 'entrusted-management'
                ? t('network.evidence.hint-needed')
                : t('network.evidence.hint')
            }
          >
            <EvidenceUpload files={files} />
          </Form.Item>
          <div className="lt-row">
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {t('kit.action.save')}
            </Button>
            <Button onClick={() => go(home)}>{t('kit.action.cancel')}</Button>
          </div>
        </Form>
      </Section>
    </Page>
  );
}

function valuesOf(bond: BondView): BondInput {
  return {
    kind: bond.kind,
    from_org_id: bond.from_org_id,
    to_org_id: bond.to_org_id,
    group_id: bond.group_id,
    title: bond.title,
    number: bond.number,
    terms: bond.terms,
    starts_on: bond.starts_on,
    ends_on: bond.ends_on,
    evidence_ids: bond.evidence_ids,
  };
}
