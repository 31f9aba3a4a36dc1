import {
  BarChartOutlined,
  HomeOutlined,
  MedicineBoxOutlined,
  ScheduleOutlined,
  SwapOutlined,
} from '@ant-design/icons';
import type { UiModule } from '@/kit/module';
import { useCounts } from './lists';

/** Requests that nobody has answered in time. */
function useOverdueCount(): number | undefined {
  const counts = useCounts().data;
  return counts && (counts.inbox_overdue + counts.community_overdue || undefined);
}

export const module: UiModule = {
  key: 'referral',
  order: 20,
  nav: [
    {
      path: '/referral/start',
      label: 'referral.start.nav',
      icon: <HomeOutlined />,
      permission: 'referral.write',
      roles: ['village-doctor'],
      firstFor: ['village-doctor'],
    },
    {
      path: '/referral',
      label: 'referral.title',
      icon: <SwapOutlined />,
      permission: 'referral.read',
      firstFor: ['referral-office', 'attending-doctor', 'ward-nurse', 'duty-chief'],
      useBadge: useOverdueCount,
    },
    {
      path: '/referral/follow-ups',
      label: 'referral.follow-up.title',
      icon: <ScheduleOutlined />,
      permission: 'referral.follow-up',
      roles: ['village-doctor', 'general-practitioner', 'ward-nurse'],
      firstFor: ['village-doctor', 'general-practitioner'],
    },
    {
      path: '/referral/formulary',
      label: 'referral.formulary.title',
      icon: <MedicineBoxOutlined />,
      permission: 'referral.formulary',
      firstFor: ['pharmacist'],
    },
    {
      path: '/referral/statistics',
      label: 'referral.stats.title',
      icon: <BarChartOutlined />,
      permission: 'referral.statistics',
      firstFor: ['health-bureau'],
    },
  ],
  routes: [
    { path: '/referral', component: () => import('./pages/List'), permission: 'referral.read' },
    {
      path: '/referral/start',
      component: () => import('./pages/Start'),
      permission: 'referral.read',
    },
    { path: '/referral/new', component: () => import('./pages/New'), permission: 'referral.write' },
    {
      path: '/referral/follow-ups',
      component: () => import('./pages/FollowUps'),
      permission: 'referral.read',
    },
    {
      path: '/referral/formulary',
      component: () => import('./pages/Formulary'),
      permission: 'referral.formulary',
    },
    {
      path: '/referral/statistics',
      component: () => import('./pages/Statistics'),
      permission: 'referral.statistics',
    },
    { path: '/referral/$id', component: () => import('./pages/Case'), permission: 'referral.read' },
  ],
  actions: [
    {
      path: '/referral/new?kind=up',
      label: 'referral.new',
      permission: 'referral.write',
      keywords: 'xz zz xzzz new referral',
    },
    {
      path: '/referral/new?kind=emergency',
      label: 'referral.new-emergency',
      permission: 'referral.write',
      keywords: 'lstd jj green channel emergency',
    },
    {
      path: '/referral/new?kind=advice',
      label: 'referral.new-advice',
      permission: 'referral.write',
      keywords: 'zx zj ask expert advice',
    },
  ],
};
