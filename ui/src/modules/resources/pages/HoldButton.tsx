import { Alert, Button, Modal, Select } from 'antd';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Facts } from '@/kit/Page';
import { dateTimeText } from '@/kit/time';
import { toast } from '@/kit/toast';
import { CHANNELS, type Channel, type HoldView, type Place, type Sex, type Taken } from '../types';

export interface HoldButtonProps {
  place: Place;
  name: string;
  org: string;
  start_at?: string | null;
  /** The door that is chosen first. */
  channel?: Channel;
  sex?: Sex;
  primary?: boolean;
  onHeld?: () => void;
}

interface HoldInput {
  place: Place;
  channel: Channel;
  patient_sex?: Sex;
}

/** What is asked for now. Outside the rows, because a row goes when its place is taken by another. */
let asked: HoldButtonProps | null = null;
const listeners = new Set<() => void>();

function ask(next: HoldButtonProps | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Holds a place for one's own member; `HoldHost` on the same page shows the dialog. */
export function HoldButton(props: HoldButtonProps) {
  const can = useCan();
  if (!can('resources.hold')) return null;
  return (
    <Button size="small" type={props.primary ? 'primary' : 'default'} onClick={() => ask(props)}>
      {t('resources.hold.take')}
    </Button>
  );
}

/** The dialog of the hold: says what is taken, and when it was too late, what is free. */
export function HoldHost() {
  const shown = useSyncExternalStore(subscribe, () => asked);
  useEffect(() => () => ask(null), []);
  if (!shown) return null;
  return <HoldDialog key={JSON.stringify(shown.place)} {...shown} onClose={() => ask(null)} />;
}

/** Asks through which door, and takes the place. */
export function HoldDialog(props: HoldButtonProps & { onClose: () => void }) {
  const [target, setTarget] = useState({
    place: props.place,
    name: props.name,
    org: props.org,
    start_at: props.start_at,
  });
  const [channel, setChannel] = useState<Channel>(props.channel ?? 'referral');
  const [sex, setSex] = useState<Sex | undefined>(props.sex);
  const hold = useCommand(
    (input: HoldInput, headers) =>
      call<HoldView>('POST', '/api/resources/holds', { body: input, headers }),
    {
      invalidates: [['hold'], ['bed'], ['clinic-session'], ['equipment'], ['place']],
      onSuccess: (held) => {
        toast.success(t('resources.hold.taken', { until: dateTimeText(held.expires_at) }));
        props.onClose();
        props.onHeld?.();
      },
    },
  );
  const taken = hold.error?.code === 'resources.taken' ? (hold.error.data as Taken) : null;
  return (
    <Modal
      open
      title={t('resources.hold.title')}
      okText={t('resources.hold.take')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: hold.isPending }}
      onOk={() => hold.mutate({ place: target.place, channel, patient_sex: sex })}
      onCancel={props.onClose}
    >
      <div className="lt-stack">
        <Facts
          items={[
            { label: t('resources.place'), value: target.name },
            { label: t('resources.org'), value: target.org },
            {
              label: t('resources.time'),
              value: target.start_at ? dateTimeText(target.start_at) : t('resources.now'),
            },
          ]}
        />
        <label>
          {t('resources.channel')}
          <Select
            className="lt-full"
            value={channel}
            options={CHANNELS.map((value) => ({ value, label: t(`resources.channels.${value}`) }))}
            onChange={setChannel}
          />
        </label>
        {target.place.kind === 'bed' && (
          <label>
            {t('resources.patient-sex')}
            <Select
              className="lt-full"
              allowClear
              value={sex}
              options={(['male', 'female'] as const).map((value) => ({
                value,
                label: t(`resources.sex.${value}`),
              }))}
              onChange={setSex}
            />
          </label>
        )}
        <p className="lt-muted">{t('resources.hold.consequence')}</p>
        <FormErrors error={hold.error} />
        {taken && (taken.alternatives?.length ?? 0) > 0 && (
          <Alert
            type="info"
            title={t('resources.hold.alternatives')}
            description={
              <ul className="resources-alternatives">
                {taken.alternatives?.map((offer) => (
                  <li key={JSON.stringify(offer.place)}>
                    {offer.org_name} · {offer.name} · {dateTimeText(offer.start_at)}{' '}
                    <Button
                      size="small"
                      onClick={() => {
                        setTarget({
                          place: offer.place,
                          name: offer.name,
                          org: offer.org_name,
                          start_at: offer.start_at,
                        });
                        hold.reset();
                      }}
                    >
                      {t('resources.hold.choose')}
                    </Button>
                  </li>
                ))}
              </ul>
            }
          />
        )}
      </div>
    </Modal>
  );
}
