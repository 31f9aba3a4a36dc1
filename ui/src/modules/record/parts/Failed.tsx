import { Alert, Button } from 'antd';
import { t } from '@/i18n';
import { listed } from '@/kit/words';

/** Said plainly: what could not be read may hold anything. */
export function Failed({ types, onAgain }: { types: string[]; onAgain: () => void }) {
  if (types.length === 0) return null;
  const what = listed(types.map((type) => t(`record.chart.type.${type}`)));
  return (
    <Alert
      type="warning"
      showIcon
      className="record-note"
      title={t('record.chart.failed', { what })}
      description={t('record.chart.failed-hint')}
      action={
        <Button size="small" onClick={onAgain}>
          {t('kit.action.retry')}
        </Button>
      }
    />
  );
}
