import { FundOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

const READ = 'resources.read';
const HOLD = 'resources.hold';

export const module: UiModule = {
  key: 'resources',
  order: 30,
  nav: [
    {
      path: '/resources/beds',
      also: ['/resources'],
      label: 'resources.title',
      icon: <FundOutlined />,
      permission: READ,
      firstFor: ['ward-nurse', 'bed-manager', 'technician'],
    },
  ],
  routes: [
    { path: '/resources', component: () => import('./pages/SearchPage'), permission: READ },
    { path: '/resources/beds', component: () => import('./pages/BedMap'), permission: READ },
    { path: '/resources/slots', component: () => import('./pages/SlotCalendar'), permission: READ },
    {
      path: '/resources/equipment',
      component: () => import('./pages/Equipment'),
      permission: READ,
    },
    { path: '/resources/members', component: () => import('./pages/Members'), permission: READ },
    { path: '/resources/idle', component: () => import('./pages/Idle'), permission: READ },
    { path: '/resources/holds', component: () => import('./pages/Holds'), permission: HOLD },
    { path: '/resources/holds/$id', component: () => import('./pages/Hold'), permission: HOLD },
    { path: '/resources/waitlist', component: () => import('./pages/Waitlist'), permission: HOLD },
    {
      path: '/resources/templates',
      component: () => import('./pages/Templates'),
      permission: READ,
    },
  ],
  actions: [
    {
      path: '/resources?kind=slot',
      label: 'resources.find.slot',
      permission: READ,
      keywords: 'zhy zhaohaoyuan slot',
    },
    {
      path: '/resources?kind=bed',
      label: 'resources.find.bed',
      permission: READ,
      keywords: 'zcw zhaochuangwei bed',
    },
    {
      path: '/resources?kind=equipment',
      label: 'resources.find.equipment',
      permission: READ,
      keywords: 'zsb zhaoshebei equipment ct mr',
    },
    {
      path: '/resources/holds',
      label: 'resources.holds.title',
      permission: HOLD,
      keywords: 'sdjl suoding holds',
    },
    {
      path: '/resources/waitlist',
      label: 'resources.waitlist.title',
      permission: HOLD,
      keywords: 'hb houbu waitlist',
    },
    {
      path: '/resources/templates',
      label: 'resources.templates.title',
      permission: READ,
      keywords: 'pbmb paiban templates',
    },
  ],
  notices: { 'resources.hold-withdrawn': () => import('./pages/Instead') },
};
