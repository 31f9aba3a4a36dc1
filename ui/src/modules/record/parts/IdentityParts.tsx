/** Parts of a patient's identity that are changed one by one: numbers, family, accounts, death. */
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Input, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { type CommandHeaders, useCommand } from '@/api/command';
import { ApiError } from '@/api/errors';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { Facts, Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { changeRecord, unmaskAll, untieAccount, useLinkedAccounts, useRecordChange } from '../api';
import { accountOf, withPhones } from '../identity';
import { type Contact, IDENTIFIER_KINDS, type PatientRecord } from '../types';
import { readResidentId } from '../words';

interface PartProps {
  record: PatientRecord;
}

interface DialogProps extends PartProps {
  onClose: () => void;
}

/** The numbers that find this patient; a retired one finds nobody. */
export function Identifiers({ record }: PartProps) {
  const [open, setOpen] = useState(false);
  const has = (action: string) => record.actions.includes(action);
  const retire = useRecordChange(record);
  return (
    <Section
      title={t('record.field.identifier')}
      extra={
        has('add-identifier') && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t('record.identifiers.add')}
          </Button>
        )
      }
    >
      <ul className="record-list">
        {record.patient.identifiers.map((one) => (
          <li key={one.id}>
            <span>
              {t(`record.identifier.${one.kind}`)} <span className="lt-figures">{one.value}</span>{' '}
              {one.retired_at && (
                <StatusTag plain tone="neutral" label={t('record.identifiers.off')} />
              )}
              {one.override_reason && (
                <span className="record-block lt-muted">
                  {t('record.register.check-reason')}：{one.override_reason}
                </span>
              )}
            </span>
            {one.retired_at ? (
              <span className="lt-muted">
                <DateTime at={one.retired_at} show="date" />
              </span>
            ) : (
              has('retire-identifier') && (
                <ConfirmAction
                  label={t('record.identifiers.retire')}
                  title={`${t('record.identifiers.retire')} · ${t(`record.identifier.${one.kind}`)}`}
                  confirmLabel={t('record.identifiers.retire')}
                  consequence={t('record.identifiers.retire-consequence')}
                  button={{ size: 'small' }}
                  onConfirm={() => retire.mutateAsync({ path: `/identifiers/${one.id}/retire` })}
                />
              )
            )}
          </li>
        ))}
      </ul>
      {record.patient.identifiers.length === 0 && (
        <span className="lt-muted">{t('record.identifiers.none')}</span>
      )}
      {open && <IdentifierDialog record={record} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function IdentifierDialog({ record, onClose }: DialogProps) {
  const [form] = Form.useForm();
  const change = useRecordChange(record, onClose);
  const typed = Form.useWatch(['identifier', 'value'], form) as string | undefined;
  const kind = Form.useWatch(['identifier', 'kind'], form) as string | undefined;
  const says = kind === 'resident-id' ? readResidentId(typed ?? '') : null;
  const doubtful = says?.checked === false || change.error?.code === 'record.identifier-check';
  const labels = {
    'identifier.kind': t('record.field.identifier-kind'),
    'identifier.value': t('record.field.identifier'),
  };
  return (
    <Modal
      open
      title={t('record.identifiers.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: change.isPending }}
      mask={{ closable: false }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ identifier: { kind: 'health-card' } }}
        onFinish={({ identifier }) =>
          change.mutate(
            { path: '/identifiers', body: identifier },
            { onError: (error) => markFields(form, atValue(error)) },
          )
        }
      >
        <FormErrors
          error={change.error && atValue(change.error)}
          labels={labels}
          onGo={scrollToField(form)}
        />
        <Form.Item name={['identifier', 'kind']} label={labels['identifier.kind']}>
          <Select
            options={IDENTIFIER_KINDS.map((value) => ({
              value,
              label: t(`record.identifier.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name={['identifier', 'value']}
          label={labels['identifier.value']}
          extra={kind === 'hospital-number' ? t('record.identifiers.own-number') : undefined}
          rules={[{ required: true, whitespace: true, message: t('kit.form.required') }]}
        >
          <Input autoFocus autoComplete="off" maxLength={64} />
        </Form.Item>
        {doubtful && (
          <Form.Item
            name={['identifier', 'override_reason']}
            label={t('record.register.check-reason')}
            extra={t('record.register.check-hint')}
          >
            <Input maxLength={200} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}

/** A refusal of the number as a whole stands where it is typed. */
const atValue = (error: ApiError) =>
  elsewhere(error, (path) => (/^identifiers?$/.test(path) ? 'identifier.value' : path));

/** `contacts[0].phone` under the name by which labels are found. */
const dotted = (error: ApiError) =>
  elsewhere(error, (path) => path.replaceAll(/\[(\d+)\]/g, '.$1'));

function elsewhere(error: ApiError, move: (path: string) => string): ApiError {
  const { status, code, detail, trace_id, data } = error;
  const errors = error.errors.map((field) => ({ ...field, path: move(field.path) }));
  return new ApiError({ status, code, detail, trace_id, data, errors });
}

/** Who decides for the patient, and whom to call. */
export function Family({ record }: PartProps) {
  const { patient } = record;
  const [opened, setOpened] = useState<{ guardian?: Contact; contacts: Contact[] } | null>(null);
  const [busy, setBusy] = useState(false);
  const all = [...(patient.guardian ? [patient.guardian] : []), ...patient.contacts];
  async function open() {
    setBusy(true);
    try {
      // Names are changed together with the numbers: they are asked for in full, which is noted.
      const known = all.some((one) => one.phone)
        ? withPhones(all, await unmaskAll(patient.id, { field: 'contacts' }))
        : all;
      setOpened({
        guardian: patient.guardian ? (known[0] as Contact) : undefined,
        contacts: known.slice(patient.guardian ? 1 : 0) as Contact[],
      });
    } catch (thrown) {
      toast.error(thrown);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Section
      title={t('record.family.title')}
      extra={
        <Button size="small" loading={busy} title={t('record.family.hint')} onClick={open}>
          {t('record.edit.change')}
        </Button>
      }
    >
      {all.length === 0 && <span className="lt-muted">{t('record.family.none')}</span>}
      <Facts
        items={all.map((one, at) => ({
          label:
            one.relation ||
            t(at === 0 && patient.guardian ? 'record.field.guardian' : 'record.family.one'),
          value: [one.name, one.phone].filter(Boolean).join(' '),
        }))}
      />
      {opened && <FamilyDialog record={record} values={opened} onClose={() => setOpened(null)} />}
    </Section>
  );
}

interface FamilyDialogProps extends DialogProps {
  values: { guardian?: Contact; contacts: Contact[] };
}

const CONTACTS_MAX = 5;

function FamilyDialog({ record, values, onClose }: FamilyDialogProps) {
  const [form] = Form.useForm();
  // What stands in the dialog is of this version; a newer one is refused, not overwritten.
  const [version] = useState(record.version);
  const save = useCommand(
    (body: object, headers: CommandHeaders) =>
      changeRecord(record.patient.id, version, '', body, headers),
    {
      invalidates: [['patient']],
      onSuccess: () => {
        toast.success(t('record.edit.saved'));
        onClose();
      },
    },
  );
  const labels = {
    'guardian.name': t('record.field.guardian'),
    'guardian.phone': t('record.field.guardian-phone'),
    'contacts.name': t('record.field.name'),
    'contacts.phone': t('record.field.phone'),
    contacts: t('record.family.one'),
  };
  return (
    <Modal
      open
      width={640}
      title={t('record.family.title')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: save.isPending }}
      mask={{ closable: false }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={values}
        onFinish={({ guardian, contacts }) =>
          save.mutate(
            {
              ...(guardian?.name?.trim() ? { guardian: contactInput(guardian) } : {}),
              contacts: (contacts ?? []).map(contactInput),
            },
            { onError: (error) => markFields(form, error) },
          )
        }
      >
        <FormErrors
          error={save.error && dotted(save.error)}
          labels={labels}
          onGo={scrollToField(form)}
        />
        <div className="record-contact">
          <Form.Item
            name={['guardian', 'name']}
            label={labels['guardian.name']}
            rules={[
              {
                required: Boolean(values.guardian),
                whitespace: true,
                message: t('kit.form.required'),
              },
            ]}
          >
            <Input maxLength={60} placeholder={t('record.register.guardian-hint')} />
          </Form.Item>
          <Form.Item name={['guardian', 'relation']} label={t('record.family.relation')}>
            <Input maxLength={30} />
          </Form.Item>
          <Form.Item name={['guardian', 'phone']} label={t('record.field.phone')}>
            <Input inputMode="tel" maxLength={20} />
          </Form.Item>
        </div>
        <Form.List name="contacts">
          {(rows, { add, remove }) => (
            <>
              {rows.map((row) => (
                <div key={row.key} className="record-contact">
                  <Form.Item
                    name={[row.name, 'name']}
                    label={t('record.family.one')}
                    rules={[{ required: true, whitespace: true, message: t('kit.form.required') }]}
                  >
                    <Input maxLength={60} />
                  </Form.Item>
                  <Form.Item name={[row.name, 'relation']} label={t('record.family.relation')}>
                    <Input maxLength={30} />
                  </Form.Item>
                  <Form.Item name={[row.name, 'phone']} label={t('record.field.phone')}>
                    <Input inputMode="tel" maxLength={20} />
                  </Form.Item>
                  <Button
                    type="text"
                    icon={<DeleteOutlined />}
                    aria-label={t('record.family.remove')}
                    onClick={() => remove(row.name)}
                  />
                </div>
              ))}
              <Button
                icon={<PlusOutlined />}
                disabled={rows.length >= CONTACTS_MAX}
                onClick={() => add({})}
              >
                {t('record.family.add')}
              </Button>
            </>
          )}
        </Form.List>
      </Form>
    </Modal>
  );
}

function contactInput({ name, relation, phone }: Partial<Contact>): object {
  return { name: name ?? '', relation: relation?.trim() ?? '', phone: phone?.trim() || null };
}

/** The account through which a resident, or their guardian, sees who looked. */
export function Accounts({ record }: PartProps) {
  const [open, setOpen] = useState(false);
  const { id, name } = record.patient;
  const linked = useLinkedAccounts(id);
  const untie = useCommand(
    (account_id: string, headers: CommandHeaders) =>
      untieAccount(id, account_id, record.version, headers),
    {
      invalidates: [['patient', id]],
      onSuccess: () => toast.success(t('record.accounts.untied')),
    },
  );
  return (
    <Section
      title={t('record.accounts.title')}
      extra={
        <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
          {t('record.accounts.link')}
        </Button>
      }
    >
      {linked.isPending && <LinesSkeleton rows={2} />}
      {linked.isError && <ErrorState error={linked.error} onRetry={() => void linked.refetch()} />}
      <ul className="record-list">
        {linked.data?.map((account) => (
          <li key={account.account_id}>
            <span className="record-text">
              <span>
                <b>{account.name}</b> <span className="lt-muted">{account.username}</span>
              </span>
              <span className="lt-muted">
                {t('record.accounts.since')} <DateTime at={account.since} show="date" />
              </span>
            </span>
            <ConfirmAction
              label={t('record.accounts.untie')}
              title={`${t('record.accounts.untie')} · ${account.name}`}
              confirmLabel={t('record.accounts.untie')}
              consequence={t('record.accounts.untie-consequence', { name })}
              button={{
                size: 'small',
                'aria-label': `${t('record.accounts.untie')} ${account.name}`,
              }}
              onConfirm={() => untie.mutateAsync(account.account_id)}
            />
          </li>
        ))}
      </ul>
      <span className="lt-muted">
        {linked.data?.length === 0 && `${t('record.accounts.none')} `}
        {t('record.accounts.hint')}
      </span>
      {open && <AccountDialog record={record} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function AccountDialog({ record, onClose }: DialogProps) {
  const [form] = Form.useForm<{ account_id: string }>();
  const link = useRecordChange(record, () => {
    toast.success(t('record.accounts.linked'));
    onClose();
  });
  const labels = { account_id: t('record.accounts.number') };
  return (
    <Modal
      open
      title={t('record.accounts.link')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('record.accounts.link')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: link.isPending }}
      mask={{ closable: false }}
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={({ account_id }) =>
          link.mutate(
            { path: '/accounts', body: { account_id: accountOf(account_id) } },
            { onError: (error) => markFields(form, error) },
          )
        }
      >
        <FormErrors error={link.error} labels={labels} onGo={scrollToField(form)} />
        <p>{t('record.accounts.consequence', { name: record.patient.name })}</p>
        <Form.Item
          name="account_id"
          label={labels.account_id}
          extra={t('record.accounts.number-hint')}
          rules={[
            { required: true, message: t('kit.form.required') },
            {
              validator: (_, typed?: string) =>
                !typed || accountOf(typed)
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('record.accounts.number-shape'))),
            },
          ]}
        >
          <Input autoFocus autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** The day somebody died: closes what goes out to them. */
export function Death({ record }: PartProps) {
  const { patient } = record;
  const [day, setDay] = useState<Dayjs | null>(null);
  const change = useRecordChange(record);
  if (patient.deceased_on) return null;
  return (
    <Section title={t('record.death.title')}>
      <ConfirmAction
        label={t('record.death.record')}
        title={`${t('record.death.record')} · ${patient.name}`}
        confirmLabel={t('record.death.record')}
        consequence={t('record.death.consequence')}
        onConfirm={() =>
          change.mutateAsync({
            path: '',
            body: { deceased_on: (day ?? dayjs(serverNow())).format('YYYY-MM-DD') },
          })
        }
      >
        <DatePicker
          className="lt-full"
          maxDate={dayjs(serverNow())}
          aria-label={t('record.death.day')}
          placeholder={t('record.death.day')}
          value={day}
          onChange={setDay}
        />
      </ConfirmAction>
    </Section>
  );
}
