import { BookOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

export const module: UiModule = {
  key: 'terminology',
  order: 85,
  nav: [
    {
      path: '/terminology',
      label: 'terminology.title',
      icon: <BookOutlined />,
      permission: 'terminology.manage',
    },
  ],
  routes: [
    { path: '/terminology', component: () => import('./pages/Systems') },
    { path: '/terminology/$system', component: () => import('./pages/Concepts') },
    {
      path: '/terminology/$system/import',
      component: () => import('./pages/ImportCatalogue'),
      permission: 'terminology.manage',
    },
  ],
  actions: [{ path: '/terminology', label: 'terminology.title', keywords: 'zd zidian icd code' }],
};
