import { MessageOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

const READ = 'hl7.read';
const MANAGE = 'hl7.manage';

export const module: UiModule = {
  key: 'hl7v2',
  order: 85,
  nav: [
    {
      path: '/hl7v2',
      label: 'hl7v2.title',
      icon: <MessageOutlined />,
      permission: READ,
    },
  ],
  routes: [
    { path: '/hl7v2', component: () => import('./pages/Messages'), permission: READ },
    {
      path: '/hl7v2/messages/$id',
      component: () => import('./pages/Message'),
      permission: 'hl7.content',
    },
    { path: '/hl7v2/senders', component: () => import('./pages/Senders'), permission: READ },
    {
      path: '/hl7v2/senders/new',
      component: () => import('./pages/EditSender'),
      permission: MANAGE,
    },
    { path: '/hl7v2/senders/$id', component: () => import('./pages/Sender'), permission: READ },
    {
      path: '/hl7v2/senders/$id/edit',
      component: () => import('./pages/EditSender'),
      permission: MANAGE,
    },
    {
      path: '/hl7v2/senders/$id/mapping',
      component: () => import('./pages/EditMapping'),
      permission: MANAGE,
    },
    { path: '/hl7v2/outbound', component: () => import('./pages/Outbound'), permission: READ },
    {
      path: '/hl7v2/outbound/$id',
      component: () => import('./pages/OutboundMessage'),
      permission: 'hl7.content',
    },
    { path: '/hl7v2/receivers', component: () => import('./pages/Receivers'), permission: READ },
    {
      path: '/hl7v2/receivers/new',
      component: () => import('./pages/EditReceiver'),
      permission: MANAGE,
    },
    {
      path: '/hl7v2/receivers/$id',
      component: () => import('./pages/Receiver'),
      permission: READ,
    },
    {
      path: '/hl7v2/receivers/$id/edit',
      component: () => import('./pages/EditReceiver'),
      permission: MANAGE,
    },
  ],
  actions: [
    {
      path: '/hl7v2/outbound',
      label: 'hl7v2.outbound.title',
      permission: READ,
      keywords: 'wfxx waifaxiaoxi hl7 outbound',
    },
    {
      path: '/hl7v2/receivers',
      label: 'hl7v2.receivers',
      permission: READ,
      keywords: 'jsf jieshoufang hl7 receivers',
    },
    {
      path: '/hl7v2',
      label: 'hl7v2.title',
      permission: READ,
      keywords: 'xxjk xiaoxijiankong hl7 messages mllp',
    },
    {
      path: '/hl7v2/senders',
      label: 'hl7v2.senders',
      permission: READ,
      keywords: 'fsf fasongfang hl7 senders',
    },
  ],
};
