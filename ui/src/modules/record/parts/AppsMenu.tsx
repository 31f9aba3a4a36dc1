/** Apps that can be opened for this patient. */
import { useQuery } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { toast } from '@/kit/toast';

interface Launchable {
  id: string;
  name: string;
}

export function AppsMenu({ patient_id }: { patient_id: string }) {
  const apps = useQuery({
    queryKey: ['smart-app', 'launchable'],
    queryFn: ({ signal }) => call<Launchable[]>('GET', '/api/smart/launchable', { signal }),
  });
  const launch = useCommand((app_id: string) =>
    call<{ location: string }>('POST', '/api/smart/launches', { body: { app_id, patient_id } }),
  );
  if (!apps.data?.length) return null;
  function open(app_id: string) {
    launch.mutate(app_id, {
      onSuccess: ({ location }) => window.location.assign(location),
      onError: (error) => toast.error(error),
    });
  }
  const items = apps.data.map((app) => ({ key: app.id, label: app.name }));
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => open(key) }}>
      <Button loading={launch.isPending}>{t('record.apps')}</Button>
    </Dropdown>
  );
}
