import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Form, Input, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { FormErrors } from '@/kit/FormErrors';
import { Money } from '@/kit/Money';
import { Facts } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import { dateTimeText } from '@/kit/time';
import { toast } from '@/kit/toast';
import { act } from '../queries';
import type { Equipment, Lane, Maintenance } from '../types';
import { DeviceButton } from './EquipmentForm';
import { HoldButton } from './HoldButton';
import { pieceStory } from './LaneRow';

/** One device: its day, its examinations, maintenance. */
export function EquipmentPanel({ lane, onDone }: { lane: Lane; onDone: () => void }) {
  const { equipment, pieces } = lane;
  const orgName = useOrgName();
  const [exam, setExam] = useState(equipment.exams[0]?.code);
  const chosen = equipment.exams.find((one) => one.code === exam);
  const ahead = pieces.filter((piece) => Date.parse(piece.end_at) > Date.now());
  return (
    <div className="lt-stack">
      <div className="lt-row">
        <StatusTag
          tone={equipment.state === 'in-service' ? 'done' : 'overdue'}
          label={t(`resources.equipment-state.${equipment.state}`)}
        />
        {equipment.note && <span>{equipment.note}</span>}
      </div>
      <Actions equipment={equipment} onDone={onDone} />
      <Facts
        items={[
          { label: t('resources.org'), value: orgName(equipment.org_id) },
          { label: t('resources.equipment.kind'), value: equipment.kind },
          { label: t('resources.equipment.model'), value: equipment.model },
          { label: t('resources.code'), value: equipment.code },
          {
            label: t('resources.equipment.hours'),
            value: equipment.hours.map((hours) => (
              <div key={`${hours.start}${hours.channel}${hours.weekdays.join('')}`}>
                {hours.weekdays.map((day) => t(`resources.weekday.${day}`)).join('')} {hours.start}–
                {hours.end}
                {hours.channel !== 'routine' && ` · ${t(`resources.channels.${hours.channel}`)}`}
              </div>
            )),
            wide: true,
          },
        ]}
      />
      {equipment.exams.length > 0 && (
        <label>
          {t('resources.exam')}
          <Select
            className="lt-full"
            value={exam}
            onChange={setExam}
            showSearch={{ optionFilterProp: 'label' }}
            options={equipment.exams.map((one) => ({
              value: one.code,
              label: t('resources.equipment.exam', { name: one.name, n: one.minutes }),
            }))}
          />
        </label>
      )}
      {chosen && (
        <Facts
          items={[
            { label: t('resources.price'), value: <Money fen={chosen.price} /> },
            { label: t('resources.preparation'), value: chosen.preparation, wide: true },
          ]}
        />
      )}
      <ul className="resources-pieces" aria-label={t('resources.equipment.rest')}>
        {ahead.map((piece) => (
          <li key={`${piece.kind}${piece.start_at}`}>
            <span className="lt-figures">{pieceStory(piece)}</span>
            {piece.kind === 'open' && chosen && (
              <HoldButton
                place={{
                  kind: 'equipment',
                  equipment_id: equipment.id,
                  start: startOf(piece.start_at),
                  minutes: chosen.minutes,
                }}
                name={`${equipment.name} · ${chosen.name}`}
                org={orgName(equipment.org_id)}
                start_at={startOf(piece.start_at)}
                channel={piece.channel === 'green' ? 'green' : 'referral'}
                onHeld={onDone}
              />
            )}
          </li>
        ))}
      </ul>
      <MaintenanceList equipment={equipment} onDone={onDone} />
    </div>
  );
}

const GRID_MS = 5 * 60_000;

/** The beginning of a free piece, or the next five minutes if that has passed. */
function startOf(at: string): string {
  const next = Math.ceil((Date.now() + GRID_MS) / GRID_MS) * GRID_MS;
  return new Date(Math.max(Date.parse(at), next)).toISOString();
}

function Actions({ equipment, onDone }: { equipment: Equipment; onDone: () => void }) {
  const [planning, setPlanning] = useState(false);
  const path = `/api/resources/equipment/${equipment.id}`;
  async function run(verb: string, body?: unknown) {
    await act(`${path}/${verb}`, equipment.version, body);
    toast.success(t(`resources.equipment-done.${verb}`));
    onDone();
  }
  const has = (verb: string) => equipment.actions.includes(verb);
  if (equipment.actions.length === 0) return null;
  return (
    <div className="lt-row">
      {has('in-service') && (
        <Button type="primary" onClick={() => run('in-service').catch(toast.error)}>
          {t('resources.equipment-action.in-service')}
        </Button>
      )}
      {has('maintenance') && (
        <Button onClick={() => setPlanning(true)}>
          {t('resources.equipment-action.maintenance')}
        </Button>
      )}
      <DeviceButton org_id={equipment.org_id} device={equipment} onDone={onDone} />
      {has('out-of-service') && (
        <ConfirmAction
          label={t('resources.equipment-action.out-of-service')}
          title={t('resources.equipment-action.out-of-service')}
          consequence={t('resources.equipment.out-consequence')}
          note="required"
          onConfirm={({ note }) => run('out-of-service', { reason: note })}
        />
      )}
      <Plan open={planning} path={path} onClose={() => setPlanning(false)} onDone={onDone} />
    </div>
  );
}

interface PlanProps {
  open: boolean;
  path: string;
  onClose: () => void;
  onDone: () => void;
}

function Plan({ open, path, onClose, onDone }: PlanProps) {
  const [form] = Form.useForm<{ time: [Dayjs, Dayjs]; reason: string }>();
  const plan = useCommand(
    (input: object, headers) => call('POST', `${path}/maintenance`, { body: input, headers }),
    {
      invalidates: [['maintenance']],
      onSuccess: () => {
        toast.success(t('resources.equipment-done.maintenance'));
        form.resetFields();
        onClose();
        onDone();
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  return (
    <Modal
      open={open}
      title={t('resources.equipment-action.maintenance')}
      okText={t('resources.equipment-action.maintenance')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: plan.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p>{t('resources.equipment.plan-consequence')}</p>
      <FormErrors error={plan.error} />
      <Form
        form={form}
        layout="vertical"
        onFinish={({ time, reason }) =>
          plan.mutate({
            start_at: time[0].toISOString(),
            end_at: time[1].toISOString(),
            reason,
          })
        }
      >
        <Form.Item name="time" label={t('resources.time')} rules={[required]}>
          <DatePicker.RangePicker
            className="lt-full"
            showTime={{ format: 'HH:mm', minuteStep: 5 }}
            format="YYYY-MM-DD HH:mm"
            minDate={dayjs()}
          />
        </Form.Item>
        <Form.Item name="reason" label={t('resources.reason')} rules={[required]}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function MaintenanceList({ equipment, onDone }: { equipment: Equipment; onDone: () => void }) {
  const list = useQuery({
    queryKey: ['maintenance', equipment.id],
    queryFn: ({ signal }) =>
      call<Maintenance[]>('GET', `/api/resources/equipment/${equipment.id}/maintenance`, {
        signal,
      }),
  });
  const planned = (list.data ?? []).filter((one) => one.state === 'planned');
  if (planned.length === 0) return null;
  async function cancel(one: Maintenance) {
    await act(`/api/resources/maintenance/${one.id}/cancel`, one.version);
    toast.success(t('resources.equipment-done.cancel'));
    await list.refetch();
    onDone();
  }
  return (
    <div>
      <strong>{t('resources.equipment.maintenance')}</strong>
      <ul className="resources-pieces">
        {planned.map((one) => (
          <li key={one.id}>
            <span className="lt-figures">
              {dateTimeText(one.start_at)} – {dateTimeText(one.end_at)} · {one.reason}
            </span>
            {equipment.actions.length > 0 && Date.parse(one.end_at) > Date.now() && (
              <ConfirmAction
                label={t('resources.equipment.call-off')}
                title={t('resources.equipment.call-off')}
                consequence={t('resources.equipment.call-off-consequence')}
                danger={false}
                button={{ size: 'small' }}
                onConfirm={() => cancel(one)}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
