// Every main screen, by whom it is looked at, for the checks of language and access and for pictures.
import { must } from './screen.mjs';

const LEAD = '云岭联合医院';

/** One referral of the inbox of whoever is signed in, the richest there is. */
async function aCase(page) {
  for (const state of ['followed-up', 'community-accepted', 'results-returned', 'accepted', 'submitted']) {
    const found = await must(page, 'GET', `/api/referrals?box=inbox&state=${state}&limit=1`);
    if (found.items[0]) return found.items[0].id;
  }
  return (await must(page, 'GET', '/api/referrals?box=outbox&limit=1')).items[0].id;
}
const aPatient = async (page) => (await must(page, 'GET', '/api/patients?limit=1')).items[0].id;
/** A pair that may be one person; the queue itself where none waits. */
async function aPair(page) {
  const [first] = (await must(page, 'GET', '/api/patient-index/reviews?limit=1')).items;
  return first ? `/record/index/${first.review.id}` : '/record/index';
}
/** The sample's map: those that journeys make have a Chinese name only. */
const aMap = async (page) => (await must(page, 'GET', '/api/terminology/maps')).find((map) => !/[\u4e00-\u9fff]/.test(map.name_en))?.id;
const anOrg = async (page) => (await must(page, 'GET', '/api/session')).assignment.org_id;

const at = (role, org, module, paths) =>
  Object.entries(paths).map(([name, path]) => ({ role, org, module, name, path: typeof path === 'string' ? async () => path : path }));

export const SCREENS = [
  ...at('village-doctor', '青垄村', 'referral', {
    start: '/referral/start',
    new: '/referral/new?kind=up',
    'follow-ups': '/referral/follow-ups',
    sent: '/referral?box=outbox',
  }),
  ...at('village-doctor', '青垄村', 'record', {
    patients: '/record/patients',
    patient: async (page) => `/record/patients/${await aPatient(page)}`,
    register: '/record/patients/new',
  }),
  ...at('referral-office', LEAD, 'referral', {
    inbox: '/referral',
    case: async (page) => `/referral/${await aCase(page)}`,
    statistics: '/referral/statistics',
  }),
  ...at('director', LEAD, 'referral', { formulary: '/referral/formulary' }),
  ...at('referral-office', LEAD, 'record', {
    index: '/record/index',
    pair: aPair,
    merges: '/record/index/merges',
    'merge-two': async (page) => `/record/index/merges/new?one=${await aPatient(page)}`,
    source: '/record/sources/new',
    quality: '/record/quality',
  }),
  ...at('referral-office', LEAD, 'work', { work: '/work' }),
  ...at('ward-nurse', LEAD, 'resources', {
    beds: '/resources/beds',
    slots: '/resources/slots',
    equipment: '/resources/equipment',
    search: '/resources?kind=slot&specialty=03.04&window=days3',
    idle: '/resources/idle',
  }),
  ...at('ward-nurse', LEAD, 'record', {
    newborn: async (page) => `/record/patients/${await aPatient(page)}/newborn`,
  }),
  ...at('bed-manager', LEAD, 'resources', {
    holds: '/resources/holds',
    waitlist: '/resources/waitlist',
    templates: '/resources/templates',
  }),
  ...at('director', LEAD, 'network', {
    tree: '/network',
    graph: '/network/graph',
    member: async (page) => `/network/organizations/${await anOrg(page)}`,
    groups: '/network/groups',
    alliances: '/network/alliances',
    people: '/network/people',
    decisions: '/network/decisions',
  }),
  ...at('dispatcher', LEAD, 'dispatch', { desk: '/dispatch' }),
  ...at('privacy-officer', LEAD, 'record', { 'break-glass': '/record/break-glass' }),
  ...at('security-admin', LEAD, 'admin', {
    accounts: '/admin/accounts',
    'new-account': '/admin/accounts/new',
    roles: '/admin/roles',
  }),
  ...at('security-admin', LEAD, 'account', { account: '/account' }),
  ...at('system-admin', LEAD, 'admin', {
    rules: '/admin/rules',
    rule: '/admin/rules/referral.clocks',
    system: '/admin/system',
    jobs: '/admin/jobs',
    api: '/admin/api',
  }),
  ...at('system-admin', LEAD, 'exchange', { imports: '/imports' }),
  ...at('system-admin', LEAD, 'terminology', {
    systems: '/terminology',
    catalogue: '/terminology/icd10',
    tree: '/terminology/icd10?tree=1',
    import: '/terminology/icd10/import',
    versions: '/terminology/icd10/versions',
    version: '/terminology/icd10/versions/1',
    maps: '/terminology/maps',
    map: async (page) => `/terminology/maps/${await aMap(page)}`,
    workshop: async (page) => `/terminology/maps/${await aMap(page)}/workshop`,
    coverage: '/terminology/coverage',
  }),
  ...at('audit-admin', LEAD, 'admin', { audit: '/admin/audit', chain: '/admin/audit/chain' }),
  ...at('health-bureau', '', 'referral', { figures: '/referral/statistics' }),
];

/** Screens by the person who looks at them, so that each signs in once. */
export function byPerson() {
  const people = new Map();
  for (const screen of SCREENS) {
    const key = `${screen.role}@${screen.org}`;
    people.set(key, [...(people.get(key) ?? []), screen]);
  }
  return [...people.values()];
}

/** Waits until a screen has what it shows: a heading, and no skeleton or spinner. */
export async function settled(page) {
  await page.locator('#content h1').first().waitFor();
  await page.waitForFunction(
    () => !document.querySelector('.ant-skeleton, .lt-skeleton, [aria-busy="true"], .ant-spin-spinning'),
  );
}
