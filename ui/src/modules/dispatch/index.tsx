import { DesktopOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

export const module: UiModule = {
  key: 'dispatch',
  order: 50,
  nav: [
    {
      path: '/dispatch',
      label: 'dispatch.nav',
      icon: <DesktopOutlined />,
      permission: 'dispatch.wall',
      firstFor: ['dispatcher'],
    },
  ],
  routes: [
    { path: '/dispatch', component: () => import('./pages/Desk'), permission: 'dispatch.wall' },
    {
      path: '/dispatch/wall',
      component: () => import('./pages/Wall'),
      permission: 'dispatch.wall',
      fullScreen: true,
    },
  ],
  actions: [
    {
      path: '/dispatch/wall',
      label: 'dispatch.open-wall',
      permission: 'dispatch.wall',
      keywords: 'dp dddp wall',
    },
  ],
};
