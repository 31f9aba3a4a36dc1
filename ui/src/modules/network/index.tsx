import { ApartmentOutlined, IdcardOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

const READ = 'network.read';
const MANAGERS = ['director', 'health-bureau', 'system-admin', 'duty-chief', 'referral-office'];

export const module: UiModule = {
  key: 'network',
  order: 40,
  nav: [
    { path: '/network', label: 'network.title', icon: <ApartmentOutlined />, permission: READ },
    {
      path: '/network/people',
      label: 'network.people.title',
      icon: <IdcardOutlined />,
      permission: READ,
      roles: MANAGERS,
    },
  ],
  routes: [
    { path: '/network', component: () => import('./pages/Tree'), permission: READ },
    { path: '/network/graph', component: () => import('./pages/Graph'), permission: READ },
    {
      path: '/network/organizations/new',
      component: () => import('./pages/EditOrganization'),
      permission: 'network.manage',
    },
    {
      path: '/network/organizations/$id',
      component: () => import('./pages/Organization'),
      permission: READ,
    },
    {
      path: '/network/organizations/$id/edit',
      component: () => import('./pages/EditOrganization'),
      permission: 'network.manage',
    },
    { path: '/network/groups', component: () => import('./pages/Groups'), permission: READ },
    { path: '/network/groups/$id', component: () => import('./pages/Group'), permission: READ },
    { path: '/network/alliances', component: () => import('./pages/Alliances'), permission: READ },
    {
      path: '/network/bonds/new',
      component: () => import('./pages/EditBond'),
      permission: 'network.manage',
    },
    {
      path: '/network/bonds/$id/edit',
      component: () => import('./pages/EditBond'),
      permission: 'network.manage',
    },
    { path: '/network/offers', component: () => import('./pages/Offers'), permission: READ },
    { path: '/network/people', component: () => import('./pages/People'), permission: READ },
    {
      path: '/network/people/new',
      component: () => import('./pages/EditPerson'),
      permission: 'network.people',
    },
    { path: '/network/people/$id', component: () => import('./pages/Person'), permission: READ },
    {
      path: '/network/people/$id/edit',
      component: () => import('./pages/EditPerson'),
      permission: 'network.people',
    },
    { path: '/network/decisions', component: () => import('./pages/Decisions'), permission: READ },
    {
      path: '/network/decisions/new',
      component: () => import('./pages/NewDecision'),
      permission: 'network.decide',
    },
  ],
  actions: [
    {
      path: '/network/bonds/new',
      label: 'network.bonds.new',
      permission: 'network.manage',
      keywords: 'djnd dengjiniudai bond agreement',
    },
    {
      path: '/network/organizations/new',
      label: 'network.organizations.new',
      permission: 'network.manage',
      keywords: 'xzjg xinzengjigou organization',
    },
    {
      path: '/network/people/new',
      label: 'network.people.new',
      permission: 'network.people',
      keywords: 'xzry xinzengrenyuan practitioner',
    },
    {
      path: '/network/decisions/new',
      label: 'network.decisions.new',
      permission: 'network.decide',
      keywords: 'djzfjd zhengfujueding decision',
    },
    {
      path: '/network/offers',
      label: 'network.offers.title',
      permission: READ,
      keywords: 'zjs zhaojishu zfw technique service',
    },
    {
      path: '/network/graph',
      label: 'network.graph.title',
      permission: READ,
      keywords: 'jdgx niudai bonds graph',
    },
  ],
};
