import { Button, DatePicker, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { toast } from '@/kit/toast';
import { options } from '../queries';
import type { BondInput } from '../types';
import { BOND_KINDS } from '../types';
import { EvidenceUpload } from './EvidenceUpload';

type Values = Omit<BondInput, 'starts_on' | 'ends_on'> & { dates: [Dayjs, Dayjs | null] };

/** What ties two members: kind, dates, the paper that proves it. */
export default function NewBond() {
  const [form] = Form.useForm<Values>();
  const go = useGo();
  const create = useCommand(
    (input: BondInput, headers) => call('POST', '/api/bonds', { body: input, headers }),
    {
      invalidates: [['bond']],
      onSuccess: () => {
        toast.success(t('network.saved'));
        go('/network/graph');
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  function submit({ dates, ...rest }: Values) {
    const input = {
      ...rest,
      starts_on: dates[0].format('YYYY-MM-DD'),
      ends_on: dates[1]?.format('YYYY-MM-DD'),
      evidence_ids: rest.evidence_ids ?? [],
    };
    create.mutate(input, { onError: (error) => markFields(form, error) });
  }
  return (
    <Page title={t('network.bonds.new')} back="/network/graph">
      <Section>
        <FormErrors
          error={create.error}
          labels={{ evidence_ids: t('network.evidence.title'), to_org_id: t('network.graph.to') }}
          onGo={scrollToField(form)}
        />
        <Form form={form} layout="vertical" className="lt-form" onFinish={submit}>
          <Form.Item name="kind" label={t('network.bonds.kind')} rules={[required]}>
            <Select options={options('bond', BOND_KINDS)} />
          </Form.Item>
          <Form.Item name="from_org_id" label={t('network.bonds.from')} rules={[required]}>
            <OrgSelect />
          </Form.Item>
          <Form.Item name="to_org_id" label={t('network.bonds.to')} rules={[required]}>
            <OrgSelect />
          </Form.Item>
          <Form.Item name="title" label={t('network.bonds.name')} rules={[required]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="number" label={t('network.bonds.number')}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="terms" label={t('network.bonds.terms')}>
            <Input.TextArea rows={4} maxLength={2000} />
          </Form.Item>
          <Form.Item name="dates" label={t('network.field.dates')} rules={[required]}>
            <DatePicker.RangePicker allowEmpty={[false, true]} className="lt-full" />
          </Form.Item>
          <Form.Item
            name="evidence_ids"
            label={t('network.evidence.title')}
            extra={t('network.evidence.hint')}
          >
            <EvidenceUpload />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={create.isPending}>
            {t('kit.action.save')}
          </Button>
        </Form>
      </Section>
    </Page>
  );
}
