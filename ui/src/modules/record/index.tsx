import {
  BarChartOutlined,
  IdcardOutlined,
  MergeOutlined,
  SafetyOutlined,
  SolutionOutlined,
} from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

/** Who works with other people's records; a resident reads their own. */
const STAFF = [
  'village-doctor',
  'general-practitioner',
  'referral-office',
  'attending-doctor',
  'ward-nurse',
  'duty-chief',
  'technician',
  'pharmacist',
  'bed-manager',
  'dispatcher',
  'director',
  'privacy-officer',
];

export const module: UiModule = {
  key: 'record',
  order: 30,
  nav: [
    {
      path: '/record/patients',
      label: 'record.title',
      icon: <IdcardOutlined />,
      permission: 'record.read',
      roles: STAFF,
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
    {
      path: '/record/index',
      label: 'record.index.title',
      icon: <MergeOutlined />,
      permission: 'record.index',
    },
    {
      path: '/record/quality',
      label: 'record.quality.title',
      icon: <BarChartOutlined />,
      permission: 'record.quality',
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
    {
      path: '/record/patients/$id/newborn',
      component: () => import('./pages/NewNewborn'),
      permission: 'record.register',
    },
    {
      path: '/record/sources/new',
      component: () => import('./pages/NewSource'),
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
    {
      path: '/record/index',
      component: () => import('./pages/Index'),
      permission: 'record.index',
    },
    {
      path: '/record/index/merges',
      component: () => import('./pages/Merges'),
      permission: 'record.index',
    },
    {
      path: '/record/index/merges/new',
      component: () => import('./pages/MergeTwo'),
      permission: 'record.index',
    },
    {
      path: '/record/index/merges/$id',
      component: () => import('./pages/Merge'),
      permission: 'record.index',
    },
    {
      path: '/record/index/$id',
      component: () => import('./pages/Pair'),
      permission: 'record.index',
    },
    {
      path: '/record/quality',
      component: () => import('./pages/Quality'),
      permission: 'record.quality',
    },
  ],
  actions: [
    {
      path: '/record/patients/new',
      label: 'record.register.title',
      permission: 'record.register',
      keywords: 'djhz dj register patient',
    },
    {
      path: '/record/sources/new',
      label: 'record.source-new.title',
      permission: 'record.register',
      keywords: 'lydj lrlydj source registration',
    },
    {
      path: '/record/index/merges/new',
      label: 'record.two.title',
      permission: 'record.index',
      keywords: 'hblfda hbda merge patients',
    },
  ],
};
