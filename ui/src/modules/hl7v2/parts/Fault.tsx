import { Alert } from 'antd';
import { t } from '@/i18n';
import { listed, pair } from '@/kit/words';
import type { Reason } from '../types';
import { reasonText, whereTexts } from '../words';

/** Why a message was not taken, and where. */
export function Fault({ reason }: { reason: Reason }) {
  const where = whereTexts(reason);
  return (
    <Alert
      type="error"
      showIcon
      title={reasonText(reason)}
      description={
        <>
          {where.length > 0 && pair(t('hl7v2.message.where'), listed(where))}
          {where.length > 0 && ' · '}
          <code>{reason.code}</code>
        </>
      }
    />
  );
}
