import { Button, DatePicker, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call, ifMatch, newKey } from '@/api/client';
import { type ApiError, asApiError } from '@/api/errors';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { FormErrors } from '@/kit/FormErrors';
import { Money } from '@/kit/Money';
import { Facts } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { act, BED_TONES, bedLook, useSpecialtyName } from '../queries';
import type { Bed, Sex, Ward } from '../types';
import { bedKind } from './BedForm';
import { HoldButton } from './HoldButton';
import { EditBed } from './WardActions';

interface BedPanelProps {
  bed: Bed;
  ward?: Ward;
  onDone: () => void;
}

/** One bed: what is known, and what this person may do with it. */
export function BedPanel({ bed, ward, onDone }: BedPanelProps) {
  const orgName = useOrgName();
  const specialty = useSpecialtyName();
  const look = bedLook(bed);
  return (
    <div className="lt-stack">
      <div className="lt-row">
        <StatusTag tone={BED_TONES[look]} label={t(`resources.bed-state.${look}`)} />
        <span className="lt-muted">
          <DateTime at={bed.since} show="relative" />
        </span>
      </div>
      <div className="lt-row">
        <Actions bed={bed} onDone={onDone} />
        {ward && <EditBed bed={bed} ward={ward} onDone={onDone} />}
      </div>
      {bed.state === 'open' && !bed.hold && (
        <div>
          <HoldButton
            place={{ kind: 'bed', bed_id: bed.id }}
            name={`${ward?.name ?? ''} ${bed.code}`}
            org={orgName(bed.org_id)}
            sex={bed.sex_rule === 'any' ? undefined : bed.sex_rule}
            onHeld={onDone}
          />
        </div>
      )}
      {bed.hold && (
        <Facts
          items={[
            { label: t('resources.beds.held-for'), value: bed.hold.for_org },
            {
              label: t('resources.hold.until'),
              value: <DateTime at={bed.hold.until} show="both" />,
            },
            {
              label: t('resources.hold.state'),
              value: t(`resources.hold-state.${bed.hold.state}`),
            },
            {
              label: t('resources.hold.owner'),
              value: <Owner kind={bed.hold.owner_kind} id={bed.hold.owner_id} hold={bed.hold.id} />,
            },
          ]}
        />
      )}
      <Facts
        items={[
          { label: t('resources.ward'), value: ward?.name },
          { label: t('resources.org'), value: orgName(bed.org_id) },
          { label: t('resources.specialty'), value: specialty(bed.specialty) },
          { label: t('resources.beds.kind'), value: bedKind(bed.kind) },
          { label: t('resources.beds.for-sex'), value: t(`resources.sex-rule.${bed.sex_rule}`) },
          {
            label: t('resources.patient-sex'),
            value: bed.patient_sex && t(`resources.sex.${bed.patient_sex}`),
          },
          { label: t('resources.isolation'), value: t(bed.isolation ? 'kit.yes' : 'kit.no') },
          {
            label: t('resources.channel'),
            value: bed.quota_org_id
              ? t('resources.kept-for', { org: orgName(bed.quota_org_id) })
              : t(`resources.channels.${bed.channel}`),
          },
          { label: t('resources.beds.leave-on'), value: bed.leave_on },
          { label: t('resources.beds.price'), value: <Money fen={bed.price} /> },
          { label: t('resources.note'), value: bed.note },
        ]}
      />
    </div>
  );
}

/** What a hold belongs to, with the way there. */
export function Owner({ kind, id, hold }: { kind: string; id?: string | null; hold: string }) {
  const word = t(`resources.owner.${kind}`);
  if (kind === 'referral' && id) return <PathLink to={`/referral/${id}`}>{word}</PathLink>;
  if (kind === 'desk') return <PathLink to={`/resources/holds/${hold}`}>{word}</PathLink>;
  return word;
}

function Actions({ bed, onDone }: { bed: Bed; onDone: () => void }) {
  const [asking, setAsking] = useState<'occupy' | 'leave' | null>(null);
  const path = `/api/resources/beds/${bed.id}`;
  async function run(verb: string, body?: unknown) {
    await act(`${path}/${verb}`, bed.version, body);
    toast.success(t(`resources.bed-done.${verb}`));
    onDone();
  }
  const direct = (verb: string) => () => run(verb).catch(toast.error);
  const has = (verb: string) => bed.actions.includes(verb);
  if (bed.actions.length === 0) return null;
  return (
    <div className="lt-row">
      {has('occupy') && (
        <Button type="primary" onClick={() => setAsking('occupy')}>
          {t('resources.bed-action.occupy')}
        </Button>
      )}
      {has('clean') && (
        <Button type="primary" onClick={direct('clean')}>
          {t('resources.bed-action.clean')}
        </Button>
      )}
      {has('reopen') && (
        <Button type="primary" onClick={direct('reopen')}>
          {t('resources.bed-action.reopen')}
        </Button>
      )}
      {has('leave') && (
        <Button onClick={() => setAsking('leave')}>{t('resources.bed-action.leave')}</Button>
      )}
      {has('free') && (
        <ConfirmAction
          label={t('resources.bed-action.free')}
          title={t('resources.bed-action.free')}
          consequence={t('resources.beds.free-consequence')}
          danger={false}
          button={{ type: 'primary' }}
          onConfirm={() => run('free')}
        />
      )}
      {has('close') && (
        <ConfirmAction
          label={t('resources.bed-action.close')}
          title={t('resources.bed-action.close')}
          consequence={t('resources.beds.close-consequence')}
          note="required"
          onConfirm={({ note }) => run('close', { reason: note })}
        />
      )}
      {asking && (
        <StayDialog
          bed={bed}
          verb={asking}
          onClose={() => setAsking(null)}
          onRun={(body) =>
            asking === 'occupy' ? run('occupy', body) : leave(path, bed, body.leave_on, onDone)
          }
        />
      )}
    </div>
  );
}

async function leave(path: string, bed: Bed, leave_on: string | null, onDone: () => void) {
  const headers = { ...ifMatch(bed.version), 'Idempotency-Key': newKey() };
  await call('PUT', `${path}/leave`, { body: { leave_on }, headers });
  toast.success(t('resources.bed-done.leave'));
  onDone();
}

interface StayDialogProps {
  bed: Bed;
  verb: 'occupy' | 'leave';
  onClose: () => void;
  onRun: (body: { sex?: Sex; leave_on: string | null }) => Promise<unknown>;
}

/** Who comes, and when they are expected to leave. */
function StayDialog({ bed, verb, onClose, onRun }: StayDialogProps) {
  const [sex, setSex] = useState<Sex | undefined>(
    bed.sex_rule === 'any' ? undefined : bed.sex_rule,
  );
  const [day, setDay] = useState<Dayjs | null>(bed.leave_on ? dayjs(bed.leave_on) : null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  async function submit() {
    setBusy(true);
    setError(null);
    try {
      await onRun({
        ...(verb === 'occupy' ? { sex } : {}),
        leave_on: day?.format('YYYY-MM-DD') ?? null,
      });
      onClose();
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal
      open
      title={t(`resources.bed-action.${verb}`)}
      okText={t(`resources.bed-action.${verb}`)}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: busy }}
      onOk={submit}
      onCancel={onClose}
    >
      <div className="lt-stack">
        <FormErrors
          error={error}
          labels={{
            sex: t('resources.patient-sex'),
            leave_on: t('resources.beds.leave-on'),
          }}
        />
        {verb === 'occupy' && (
          <label>
            {t('resources.patient-sex')}
            <Select
              className="lt-full"
              value={sex}
              options={(['male', 'female'] as const).map((value) => ({
                value,
                label: t(`resources.sex.${value}`),
              }))}
              onChange={setSex}
            />
          </label>
        )}
        <label>
          {t('resources.beds.leave-on')}
          <DatePicker className="lt-full" value={day} minDate={dayjs()} onChange={setDay} />
        </label>
      </div>
    </Modal>
  );
}
