import { useParams } from '@tanstack/react-router';
import { Button, Form, Input, InputNumber, Select } from 'antd';
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
import { inputOf, useSender } from '../queries';
import { CHARSETS, PROCESSINGS, type Sender, type SenderInput } from '../types';
import '../hl7v2.css';

const NAME_CHARACTERS_MAX = 100;
const LATE_MINUTES_MAX = 30 * 24 * 60;
const NEW: Omit<SenderInput, 'name' | 'org_id' | 'application'> = {
  facility: '',
  charset: 'utf8',
  processing: 'P',
  late_minutes: 60,
  addresses: [],
  state: 'active',
};

/** A sender: new, or changed. */
export default function EditSender() {
  const { id } = useParams({ strict: false }) as { id?: string };
  const sender = useSender(id);
  if (id === undefined) return <SenderForm />;
  if (sender.isPending) return <PageSkeleton />;
  if (sender.isError) {
    return <ErrorState page error={sender.error} onRetry={() => void sender.refetch()} />;
  }
  return <SenderForm known={sender.data} />;
}

function SenderForm({ known }: { known?: Versioned<Sender> }) {
  const [form] = Form.useForm<SenderInput>();
  const go = useGo();
  const save = useCommand(
    (input: SenderInput, headers) =>
      known
        ? call<Sender>('PUT', `/api/hl7/senders/${known.body.id}`, {
            body: input,
            headers: { ...headers, ...ifMatch(known.version) },
          })
        : call<Sender>('POST', '/api/hl7/senders', { body: input, headers }),
    {
      invalidates: [['hl7-sender'], ['hl7-mapping'], ['hl7-message', 'statistics']],
      onSuccess: (saved) => {
        toast.success(t('hl7v2.sender.saved'));
        go(`/hl7v2/senders/${saved.id}`, { replace: true });
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  const labels = Object.fromEntries(
    ['name', 'application', 'facility', 'charset', 'processing', 'addresses'].map((name) => [
      name,
      t(`hl7v2.sender.${name}`),
    ]),
  );
  const back = known ? `/hl7v2/senders/${known.body.id}` : '/hl7v2/senders';
  return (
    <Page title={t(known ? 'hl7v2.sender.edit' : 'hl7v2.sender.new')} back={back}>
      <Section>
        <FormErrors
          error={save.error}
          labels={{
            ...labels,
            org_id: t('hl7v2.sender.org'),
            late_minutes: t('hl7v2.sender.late'),
          }}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={known ? inputOf(known.body) : NEW}
          onValuesChange={(changed) => forgive(form, changed)}
          onFinish={(values) =>
            save.mutate(
              { ...NEW, ...(known && inputOf(known.body)), ...values },
              { onError: (error) => markFields(form, error) },
            )
          }
        >
          <Form.Item
            name="name"
            label={t('hl7v2.sender.name')}
            extra={t('hl7v2.sender.name-hint')}
            rules={[required]}
          >
            <Input maxLength={NAME_CHARACTERS_MAX} autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="org_id"
            label={t('hl7v2.sender.org')}
            extra={t('hl7v2.sender.org-hint')}
            rules={[required]}
          >
            <OrgSelect providersOnly disabled={known !== undefined} />
          </Form.Item>
          <Form.Item name="application" label={t('hl7v2.sender.application')} rules={[required]}>
            <Input maxLength={NAME_CHARACTERS_MAX} autoComplete="off" />
          </Form.Item>
          <Form.Item name="facility" label={t('hl7v2.sender.facility')}>
            <Input maxLength={NAME_CHARACTERS_MAX} autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="charset"
            label={t('hl7v2.sender.charset')}
            extra={t('hl7v2.sender.charset-hint')}
          >
            <Select
              options={CHARSETS.map((value) => ({ value, label: t(`hl7v2.charset.${value}`) }))}
            />
          </Form.Item>
          <Form.Item name="processing" label={t('hl7v2.sender.processing')}>
            <Select
              options={PROCESSINGS.map((value) => ({
                value,
                label: t(`hl7v2.processing.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item
            name="late_minutes"
            label={t('hl7v2.sender.late')}
            extra={t('hl7v2.sender.late-hint')}
            rules={[required]}
          >
            <InputNumber
              min={1}
              max={LATE_MINUTES_MAX}
              precision={0}
              suffix={t('hl7v2.sender.minutes')}
            />
          </Form.Item>
          <Form.Item
            name="addresses"
            label={t('hl7v2.sender.addresses')}
            extra={t('hl7v2.sender.addresses-hint')}
          >
            <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，']} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t(known ? 'hl7v2.sender.save' : 'hl7v2.sender.create')}
          </Button>
        </Form>
      </Section>
    </Page>
  );
}
