// A roster as somebody else wrote it: looked at cell by cell, refused as a whole while a cell is
// wrong, taken in as a whole once it is right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { dialog, must, organization } from '../screen.mjs';

const url = serverUrl();
const TOWN = '青禾镇中心卫生院';
/** Another department each time, so that a second run has something to take in too. */
const CODE = `KF${Date.now() % 1_000_000}`;
const CLINIC = `康复门诊${CODE}`;
const sheet = (rows) => Buffer.from(`\ufeff青禾镇科室登记表,,\n科室名称,机构编码,科室编码\n${rows.join('\n')}\n`);

test('a roster with faults by cell, then a good one', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'system-admin');
    const town = await organization(page, TOWN);
    await upload(page, 'faulty.csv', sheet([`${CLINIC},${TOWN},${CODE}`, '针灸门诊,不存在的卫生院,ZJ01', `,${TOWN},KQ01`]));
    await page.getByText('有 2 处错误，尚未导入任何内容').waitFor();
    const cells = await page.locator('tbody tr', { hasText: '错误' }).locator('code').allTextContents();
    assert.deepEqual(cells.sort(), ['A5', 'B4']);
    assert.equal(await page.getByRole('button', { name: '确认导入' }).count(), 0);
    await shot(page, 'journey-import-faulty');
    assert.ok(!(await names(page, town)).includes(CLINIC), 'nothing was taken in');

    await upload(page, 'good.csv', sheet([`${CLINIC},${TOWN},${CODE}`, `针灸门诊,${town.code},ZJ${CODE}`]));
    await page.getByText('待确认').first().waitFor();
    await page.getByRole('button', { name: '确认导入' }).click();
    await dialog(page).getByText('2 行全部导入').waitFor();
    await dialog(page).getByRole('button', { name: '确认导入' }).click();
    await page.getByText('已导入').first().waitFor();
    const now = await names(page, town);
    assert.ok(now.includes(CLINIC) && now.includes('针灸门诊'), now.join('、'));
    await page.done();
  } finally {
    await browser.close();
  }
});

async function upload(page, name, buffer) {
  await page.goto(`${url}/imports`);
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
}

async function names(page, org) {
  const found = await must(page, 'GET', `/api/departments?org_id=${org.id}&limit=100`);
  return found.items.map((one) => one.name);
}
