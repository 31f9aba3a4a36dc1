/** Something of the record is kept from this viewer: that, and the way there is in an emergency. */
import { EyeInvisibleOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { breakGlass, useHidden } from '../api';

export function Hidden({ patient_id }: { patient_id: string }) {
  const hidden = useHidden(patient_id);
  const can = useCan();
  const queries = useQueryClient();
  if (!hidden.data?.hidden) return null;
  return (
    <Alert
      type="info"
      showIcon
      icon={<EyeInvisibleOutlined />}
      className="record-note"
      title={t('record.hidden.title')}
      description={t('record.hidden.hint')}
      action={
        can('record.break-glass') && (
          <ConfirmAction
            label={t('record.break-glass.button')}
            title={t('record.hidden.glass')}
            consequence={t('record.break-glass.consequence')}
            note="required"
            button={{ size: 'small' }}
            onConfirm={async ({ note }) => {
              await breakGlass(patient_id, note ?? '', true);
              await queries.invalidateQueries();
            }}
          />
        )
      }
    />
  );
}
