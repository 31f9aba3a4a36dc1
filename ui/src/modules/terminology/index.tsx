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
    {
      path: '/terminology/coverage',
      label: 'terminology.coverage',
      icon: <BookOutlined />,
      permission: 'terminology.coverage',
      roles: ['director', 'health-bureau'],
    },
  ],
  routes: [
    { path: '/terminology', component: () => import('./pages/Systems') },
    {
      path: '/terminology/maps',
      component: () => import('./pages/Maps'),
      permission: 'terminology.map',
    },
    {
      path: '/terminology/maps/$id',
      component: () => import('./pages/MapPage'),
      permission: 'terminology.map',
    },
    {
      path: '/terminology/maps/$id/workshop',
      component: () => import('./pages/Workshop'),
      permission: 'terminology.map',
    },
    {
      path: '/terminology/coverage',
      component: () => import('./pages/CoverageBoard'),
      permission: 'terminology.coverage',
    },
    { path: '/terminology/$system', component: () => import('./pages/Concepts') },
    {
      path: '/terminology/$system/import',
      component: () => import('./pages/ImportCatalogue'),
      permission: 'terminology.manage',
    },
    {
      path: '/terminology/$system/versions',
      component: () => import('./pages/Versions'),
      permission: 'terminology.manage',
    },
    {
      path: '/terminology/$system/versions/$number',
      component: () => import('./pages/VersionPage'),
      permission: 'terminology.manage',
    },
  ],
  actions: [
    { path: '/terminology', label: 'terminology.title', keywords: 'zd zidian icd code' },
    {
      path: '/terminology/maps',
      label: 'terminology.maps',
      permission: 'terminology.map',
      keywords: 'dz duizhao map',
    },
    {
      path: '/terminology/coverage',
      label: 'terminology.coverage',
      permission: 'terminology.coverage',
      keywords: 'fgl fugailv coverage',
    },
  ],
};
