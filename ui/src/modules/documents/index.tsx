import type { UiModule } from '@/kit/module';

const WRITE = 'fhir.write';

/** Documents are read in the record; what is here is writing them. */
export const module: UiModule = {
  key: 'documents',
  order: 86,
  nav: [],
  routes: [
    {
      path: '/documents/discharge/$patient',
      component: () => import('./pages/Discharge'),
      permission: WRITE,
    },
  ],
};
