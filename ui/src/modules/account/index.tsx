import type { UiModule } from '@/kit/module';

/** Reached from the account menu, so it has no entry in the rail. */
export const module: UiModule = {
  key: 'account',
  order: 900,
  nav: [],
  routes: [{ path: '/account', component: () => import('./pages/Account') }],
  actions: [
    { path: '/account', label: 'account.title', keywords: 'password totp mima zhanghao zhaq' },
  ],
};
