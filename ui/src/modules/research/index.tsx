import { ExperimentOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

const READ = 'research.read';

export const module: UiModule = {
  key: 'research',
  order: 88,
  nav: [
    {
      path: '/research',
      label: 'research.title',
      icon: <ExperimentOutlined />,
      permission: READ,
    },
  ],
  routes: [
    { path: '/research', component: () => import('./pages/Extracts'), permission: READ },
    {
      path: '/research/new',
      component: () => import('./pages/NewExtract'),
      permission: 'research.request',
    },
    { path: '/research/$id', component: () => import('./pages/ExtractPage'), permission: READ },
  ],
  actions: [
    {
      path: '/research',
      label: 'research.title',
      permission: READ,
      keywords: 'qbsh qubiaoshihua tqsj tiqushuju research extract deidentified',
    },
  ],
};
