import { AppstoreAddOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

const READ = 'smart.read';
const MANAGE = 'smart.manage';

export const module: UiModule = {
  key: 'smart',
  order: 86,
  nav: [
    {
      path: '/smart/apps',
      label: 'smart.title',
      icon: <AppstoreAddOutlined />,
      permission: READ,
    },
  ],
  routes: [
    { path: '/smart/apps', component: () => import('./pages/Apps'), permission: READ },
    { path: '/smart/apps/new', component: () => import('./pages/EditApp'), permission: MANAGE },
    { path: '/smart/apps/$id', component: () => import('./pages/App'), permission: READ },
    {
      path: '/smart/apps/$id/edit',
      component: () => import('./pages/EditApp'),
      permission: MANAGE,
    },
    // Where apps send people: the address is the one that discovery names.
    {
      path: '/smart/authorize',
      component: () => import('./pages/Authorize'),
      permission: 'fhir.read',
      fullScreen: true,
    },
  ],
  actions: [
    {
      path: '/smart/apps',
      label: 'smart.title',
      permission: READ,
      keywords: 'jryy jieruyingyong smart apps oauth fhir',
    },
  ],
};
