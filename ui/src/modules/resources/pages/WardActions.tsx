/** What those who keep the wards of a member do with them: make, change, close, reopen. */
import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { toast } from '@/kit/toast';
import { nextCode } from '../codes';
import { act } from '../queries';
import type { Bed, Ward } from '../types';
import { BedForm } from './BedForm';
import { WardForm } from './WardForm';

/** Whether this person keeps the wards of this member. */
export function useKeepsWards(org_id: string): boolean {
  const mine = useSession().assignment.org_id;
  return useCan()('resources.manage') && mine === org_id;
}

interface NewWardProps {
  org_id: string;
  onDone: () => void;
}

export function NewWard({ org_id, onDone }: NewWardProps) {
  const [open, setOpen] = useState(false);
  if (!useKeepsWards(org_id)) return null;
  return (
    <>
      <Button icon={<PlusOutlined />} onClick={() => setOpen(true)}>
        {t('resources.wards.new')}
      </Button>
      {open && <WardForm org_id={org_id} onClose={() => setOpen(false)} onDone={onDone} />}
    </>
  );
}

interface WardActionsProps {
  ward: Ward;
  /** Every bed of the ward. */
  beds: Bed[];
  onDone: () => void;
}

export function WardActions({ ward, beds, onDone }: WardActionsProps) {
  const [asking, setAsking] = useState<'ward' | 'bed' | null>(null);
  async function become(verb: 'close' | 'reopen') {
    await act(`/api/resources/wards/${ward.id}/${verb}`, ward.version);
    toast.success(t('resources.wards.saved'));
    onDone();
  }
  const last = [...beds].sort((one, other) => one.code.localeCompare(other.code)).at(-1);
  return (
    <span className="lt-row">
      {ward.state === 'closed' ? (
        <Button size="small" onClick={() => become('reopen').catch(toast.error)}>
          {t('resources.wards.reopen')}
        </Button>
      ) : (
        <>
          <Button
            size="small"
            icon={<PlusOutlined />}
            aria-label={`${t('resources.beds.new')} ${ward.name}`}
            onClick={() => setAsking('bed')}
          >
            {t('resources.beds.new')}
          </Button>
          <Button
            size="small"
            aria-label={`${t('resources.wards.edit')} ${ward.name}`}
            onClick={() => setAsking('ward')}
          >
            {t('resources.change')}
          </Button>
          <ConfirmAction
            label={t('resources.wards.close')}
            title={`${t('resources.wards.close')} · ${ward.name}`}
            confirmLabel={t('resources.wards.close')}
            consequence={t('resources.wards.close-consequence', { n: ward.beds_held })}
            button={{ size: 'small', danger: false }}
            onConfirm={() => become('close')}
          />
        </>
      )}
      {asking === 'ward' && (
        <WardForm
          org_id={ward.org_id}
          ward={ward}
          onClose={() => setAsking(null)}
          onDone={onDone}
        />
      )}
      {asking === 'bed' && (
        <BedForm
          ward={ward}
          code={nextCode(last?.code ?? '')}
          onClose={() => setAsking(null)}
          onDone={onDone}
        />
      )}
    </span>
  );
}

interface EditBedProps {
  bed: Bed;
  ward: Ward;
  onDone: () => void;
}

/** Changes what a bed is; what happens in it has its own actions. */
export function EditBed({ bed, ward, onDone }: EditBedProps) {
  const [open, setOpen] = useState(false);
  if (!useKeepsWards(bed.org_id)) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('resources.beds.edit')}</Button>
      {open && <BedForm ward={ward} bed={bed} onClose={() => setOpen(false)} onDone={onDone} />}
    </>
  );
}
