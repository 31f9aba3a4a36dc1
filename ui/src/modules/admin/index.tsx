import { AuditOutlined, ControlOutlined, ReadOutlined, TeamOutlined } from '@ant-design/icons';
import type { UiModule } from '@/kit/module';

export const module: UiModule = {
  key: 'admin',
  order: 90,
  nav: [
    {
      path: '/admin/accounts',
      also: ['/admin/roles'],
      label: 'admin.accounts.title',
      icon: <TeamOutlined />,
      permission: 'account.read',
      firstFor: ['security-admin'],
    },
    {
      path: '/admin/rules',
      label: 'admin.rules.title',
      icon: <ReadOutlined />,
      permission: 'rule.read',
      roles: ['system-admin', 'security-admin', 'audit-admin'],
    },
    {
      path: '/admin/audit',
      label: 'admin.audit.title',
      icon: <AuditOutlined />,
      permission: 'audit.read',
      firstFor: ['audit-admin'],
    },
    {
      path: '/admin/system',
      also: ['/admin/jobs', '/admin/api'],
      label: 'admin.system.title',
      icon: <ControlOutlined />,
      permission: 'system.read',
      firstFor: ['system-admin'],
    },
  ],
  routes: [
    {
      path: '/admin/accounts',
      component: () => import('./pages/Accounts'),
      permission: 'account.read',
    },
    {
      path: '/admin/accounts/new',
      component: () => import('./pages/NewAccount'),
      permission: 'account.manage',
    },
    {
      path: '/admin/accounts/$id',
      component: () => import('./pages/Account'),
      permission: 'account.read',
    },
    { path: '/admin/roles', component: () => import('./pages/Roles'), permission: 'role.read' },
    { path: '/admin/rules', component: () => import('./pages/Rules'), permission: 'rule.read' },
    {
      path: '/admin/rules/$code',
      component: () => import('./pages/RuleSet'),
      permission: 'rule.read',
    },
    {
      path: '/admin/rules/$code/new',
      component: () => import('./pages/NewRuleVersion'),
      permission: 'rule.read',
    },
    { path: '/admin/audit', component: () => import('./pages/Audit'), permission: 'audit.read' },
    {
      path: '/admin/audit/chain',
      component: () => import('./pages/AuditChain'),
      permission: 'audit.verify',
    },
    { path: '/admin/system', component: () => import('./pages/System'), permission: 'system.read' },
    { path: '/admin/jobs', component: () => import('./pages/Jobs'), permission: 'job.read' },
    { path: '/admin/api', component: () => import('./pages/Operations') },
  ],
  actions: [
    {
      path: '/admin/accounts/new',
      label: 'admin.accounts.new',
      permission: 'account.manage',
      keywords: 'xzzh xinzengzhanghao account',
    },
    {
      path: '/admin/roles',
      label: 'admin.roles.title',
      permission: 'role.read',
      keywords: 'qxjz quanxianjuzhen roles',
    },
    {
      path: '/admin/audit/chain',
      label: 'admin.chain.title',
      permission: 'audit.verify',
      keywords: 'yzsjl yanzhengshenji verify',
    },
    {
      path: '/admin/jobs',
      label: 'admin.jobs.title',
      permission: 'job.read',
      keywords: 'htrw houtairenwu jobs',
    },
    { path: '/admin/api', label: 'admin.api.title', keywords: 'jk jiekou api' },
  ],
};
