// A resident on a telephone: the desk ties the record to the account; then the resident sees who looked
// and, where the installation has opened it, the record itself, and takes a copy along.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { call, must, register } from '../screen.mjs';

const url = serverUrl();
const VILLAGE = '青垄村';
const LATER_PASSWORD = `Yun-ling-${randomUUID()}`;

/** An account of the role resident, and the password for its first time. */
async function account(admin, org_id, name) {
  const made = await must(admin, 'POST', '/api/accounts', {
    body: { username: `resident-${Date.now()}`, name, assignment: { role: 'resident', org_id } },
  });
  return { ...made.account.account, password: made.one_time_password };
}

/** Somebody signed in with a password of their own, on a telephone. */
async function onPhone(browser, { username, password }) {
  const context = await browser.newContext({ viewport: sizes.phone, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', acceptDownloads: true });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const signIn = await context.request.post(`${url}/api/session`, { data: { username, password } });
  assert.ok(signIn.ok(), `signing in: ${signIn.status()} ${await signIn.text()}`);
  await page.goto(url);
  const changed = await call(page, 'POST', '/api/session/password', { body: { current: password, new: LATER_PASSWORD } });
  assert.ok(changed.status < 300, JSON.stringify(changed));
  return Object.assign(page, { faults });
}

test('a resident sees who looked, and takes their record along', async () => {
  const browser = await launch();
  try {
    const village = await signedIn(browser, url, 'village-doctor', { org: VILLAGE });
    const admin = await signedIn(browser, url, 'security-admin');
    const { org_id } = (await must(village, 'GET', '/api/session')).assignment;
    const patient = await register(village);
    await must(village, 'POST', '/fhir/Observation', {
      body: {
        resourceType: 'Observation', status: 'final', code: { text: '空腹血糖' },
        subject: { reference: `Patient/${patient.id}` }, effectiveDateTime: '2026-11-01T08:00:00+08:00',
        performer: [{ reference: `Organization/${org_id}` }], valueQuantity: { value: 7.2, unit: 'mmol/L' },
      },
    });
    const resident = await account(admin, org_id, patient.name);
    const record = await must(village, 'GET', `/api/patients/${patient.id}`);
    await must(village, 'POST', `/api/patients/${patient.id}/accounts`, {
      version: record.version, body: { account_id: resident.id },
    });

    const page = await onPhone(browser, resident);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${url}/record/mine?tab=looks`);
    await page.getByText('青垄村卫生室').first().waitFor();
    await page.getByText(/查看档案/).first().waitFor();
    await accessible(page, "a resident's page");
    await shot(page, 'journey-resident-looks');
    const session = await must(page, 'GET', '/api/session');
    const open = 'fhir.read' in session.permissions && 'record.read' in session.permissions;
    await page.getByRole('group', { name: patient.name }).getByRole('button', { name: '档案', exact: true }).click();
    if (open) await readsAndKeeps(page);
    else await page.getByText('暂不能在线查看').waitFor();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `the page is ${over} px wider than the screen`);
    await shot(page, 'journey-resident-record');
    assert.deepEqual(page.faults, []);
    await page.context().close();
    for (const other of [village, admin]) await other.done();
  } finally {
    await browser.close();
  }
});

async function readsAndKeeps(page) {
  await page.locator('.record-line', { hasText: '空腹血糖' }).waitFor();
  await page.goto(`${url}/record/mine?tab=download`);
  await page.getByRole('button', { name: '读取全部记录' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '保存文件' }).click(),
  ]);
  const bundle = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.equal(bundle.type, 'collection');
  const types = bundle.entry.map((entry) => entry.resource.resourceType);
  assert.ok(types.includes('Patient') && types.includes('Observation'), types.join());
}
