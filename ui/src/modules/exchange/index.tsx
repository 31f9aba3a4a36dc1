import { ImportOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

const IMPORT = 'exchange.import';

export const module: UiModule = {
  key: 'exchange',
  order: 80,
  nav: [
    {
      path: '/imports',
      label: 'exchange.title',
      icon: <ImportOutlined />,
      permission: IMPORT,
    },
  ],
  routes: [
    { path: '/imports', component: () => import('./pages/Imports'), permission: IMPORT },
    { path: '/imports/$id', component: () => import('./pages/Import'), permission: IMPORT },
  ],
  actions: [
    {
      path: '/imports',
      label: 'exchange.title',
      permission: IMPORT,
      keywords: 'hmcdr huamingce import roster',
    },
  ],
};
