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
  ],
  actions: [
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
