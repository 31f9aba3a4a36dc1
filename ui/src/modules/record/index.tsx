import { IdcardOutlined, SafetyOutlined, SolutionOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

export const module: UiModule = {
  key: 'record',
  order: 30,
  nav: [
    {
      path: '/record/patients',
      label: 'record.title',
      icon: <IdcardOutlined />,
      permission: 'record.read',
      firstFor: ['village-doctor'],
    },
    {
      path: '/record/break-glass',
      label: 'record.glass.title',
      icon: <SafetyOutlined />,
      permission: 'record.audit',
      roles: ['privacy-officer'],
      firstFor: ['privacy-officer'],
    },
    {
      path: '/record/mine',
      label: 'record.mine.title',
      icon: <SolutionOutlined />,
      permission: 'record.audit',
      roles: ['resident'],
      firstFor: ['resident'],
    },
  ],
  routes: [
    {
      path: '/record/patients',
      component: () => import('./pages/Patients'),
      permission: 'record.read',
    },
    {
      path: '/record/patients/new',
      component: () => import('./pages/Register'),
      permission: 'record.register',
    },
    { path: '/record/patients/$id', component: () => import('./pages/Patient') },
    {
      path: '/record/patients/$id/edit',
      component: () => import('./pages/EditPatient'),
      permission: 'record.register',
    },
    { path: '/record/mine', component: () => import('./pages/Mine'), permission: 'record.audit' },
    {
      path: '/record/break-glass',
      component: () => import('./pages/BreakGlassList'),
      permission: 'record.audit',
    },
    {
      path: '/record/break-glass/$id',
      component: () => import('./pages/BreakGlass'),
      permission: 'record.audit',
    },
  ],
  actions: [
    {
      path: '/record/patients/new',
      label: 'record.register.title',
      permission: 'record.register',
      keywords: 'djhz dj register patient',
    },
  ],
};
