import { Button } from 'antd';
import { ApiError } from '@/api/errors';
import { t } from '@/i18n';
import { useGo } from '@/kit/route';
import { ErrorState } from '@/kit/States';

/** An address that leads nowhere. */
export function NotFound() {
  const go = useGo();
  return (
    <main className="app-lonely">
      <ErrorState error={new ApiError({ status: 404, code: 'page.not-found', detail: '' })} page />
      <Button type="primary" onClick={() => go('/')}>
        {t('app.home')}
      </Button>
    </main>
  );
}
