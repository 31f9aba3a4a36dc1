import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { useSession } from '@/api/session';
import { t, textOr } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { toast } from '@/kit/toast';
import { pair } from '@/kit/words';
import { bulkReview } from '../lists';
import type { BulkResult, ReferralRow } from '../types';
import { DepartmentPicker } from './Pickers';

/** Takes the chosen requests up together; each row answers for itself. */
export function BulkReview({ rows, onDone }: { rows: ReferralRow[]; onDone: () => void }) {
  const { org_id } = useSession().assignment;
  const [open, setOpen] = useState(false);
  const [department_id, setDepartment] = useState<string>();
  const [refused, setRefused] = useState<BulkResult[]>([]);
  const review = useCommand(
    (department: string | undefined, headers) => bulkReview(rows, department, headers),
    {
      invalidates: [['referral']],
      onSuccess: (results) => {
        const left = results.filter((one) => !one.done);
        setRefused(left);
        toast.success(t('referral.bulk.done', { n: results.length - left.length }));
        if (left.length > 0) return;
        setOpen(false);
        onDone();
      },
    },
  );
  function close() {
    setOpen(false);
    setRefused([]);
    if (refused.length > 0) onDone();
  }
  const numberOf = (id: string) => rows.find((row) => row.id === id)?.number ?? id;
  return (
    <>
      <Button size="small" type="primary" onClick={() => setOpen(true)}>
        {t('referral.bulk.review', { n: rows.length })}
      </Button>
      <Modal
        open={open}
        title={t('referral.bulk.review', { n: rows.length })}
        onCancel={close}
        onOk={() => review.mutate(department_id)}
        okText={t('referral.action.review')}
        cancelText={t('kit.action.close')}
        okButtonProps={{ loading: review.isPending, disabled: refused.length > 0 }}
        destroyOnHidden
      >
        <div className="lt-stack">
          <p className="referral-plain">{t('referral.bulk.consequence')}</p>
          <div>
            <label htmlFor="bulk-department">{t('referral.form.department')}</label>
            <DepartmentPicker
              id="bulk-department"
              org_id={org_id}
              value={department_id}
              onChange={setDepartment}
            />
          </div>
          {refused.length > 0 && (
            <div role="alert">
              <p className="referral-plain">{t('referral.bulk.refused', { n: refused.length })}</p>
              <ul>
                {refused.map((one) => (
                  <li key={one.id}>{pair(numberOf(one.id), refusalText(one.code ?? ''))}</li>
                ))}
              </ul>
            </div>
          )}
          <FormErrors error={review.error} />
        </div>
      </Modal>
    </>
  );
}

function refusalText(code: string): string {
  return textOr(code, `referral.closed.${code.split('.').at(-1)}`);
}
