import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { t } from '@/i18n';

/** Saves what the board shows as a spreadsheet. */
export function ExportButton({ onClick }: { onClick: () => void }) {
  return (
    <Button icon={<DownloadOutlined />} onClick={onClick}>
      {t('kit.action.export')}
    </Button>
  );
}
