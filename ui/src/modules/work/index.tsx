import { CheckSquareOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';
import { useLateCount } from './queries';

export const module: UiModule = {
  key: 'work',
  order: 10,
  nav: [
    {
      path: '/work',
      label: 'work.title',
      icon: <CheckSquareOutlined />,
      useBadge: useLateCount,
    },
  ],
  routes: [{ path: '/work', component: () => import('./pages/MyWork') }],
};
