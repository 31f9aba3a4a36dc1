// Boards: a nurse changes a bed and another desk sees it at once; sessions, devices, and one search
// over the group that ends in a hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { dialog } from '../screen.mjs';

const url = serverUrl();
const LEAD = '云岭联合医院';

test('a bed changes under two pairs of eyes', async () => {
  const browser = await launch();
  try {
    const nurse = await signedIn(browser, url, 'ward-nurse', { org: LEAD });
    const manager = await signedIn(browser, url, 'bed-manager', { org: LEAD });
    await nurse.goto(`${url}/resources/beds`);
    await manager.goto(`${url}/resources/beds`);
    const { ward, code } = await openBed(nurse);
    const cell = (page) => page.getByRole('list', { name: ward, exact: true }).locator('.resources-bed').filter({ has: page.locator('strong', { hasText: new RegExp(`^${code}$`) }) });
    await cell(manager).filter({ hasText: '空床' }).waitFor();

    await cell(nurse).click();
    const panel = dialog(nurse);
    await panel.getByRole('button', { name: '入床', exact: true }).click();
    const asked = dialog(nurse);
    // A bed for men or for women says itself who comes.
    if (!/[男女]/.test(await asked.locator('.ant-select').first().innerText())) {
      await asked.getByRole('combobox').first().click();
      await nurse.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click();
    }
    await asked.getByRole('button', { name: '入床', exact: true }).click();
    await nurse.getByText('已入床').waitFor();
    await cell(manager).filter({ hasText: '在院' }).waitFor();

    await panel.getByRole('button', { name: '出床', exact: true }).click();
    await nurse.locator('.ant-modal:visible').getByRole('button', { name: '出床', exact: true }).click();
    await nurse.getByText('已出床，待清洁').waitFor();
    await cell(manager).filter({ hasText: '清洁中' }).waitFor();
    await panel.getByRole('button', { name: '清洁完成' }).click();
    await cell(manager).filter({ hasText: '空床' }).waitFor();
    await shot(manager, 'journey-bed-map');
    await nurse.done();
    await manager.done();
  } finally {
    await browser.close();
  }
});

/** An open bed that nobody holds, in a ward where this nurse may act. */
async function openBed(page) {
  const beds = page.locator('.resources-bed').filter({ hasText: '空床' });
  await beds.first().waitFor();
  for (let at = 0; at < (await beds.count()); at += 1) {
    await beds.nth(at).click();
    const panel = dialog(page);
    await panel.getByText('收治性别').waitFor();
    const may = await panel.getByRole('button', { name: '入床', exact: true }).isVisible();
    const found = {
      ward: await beds.nth(at).locator('xpath=ancestor::ul').getAttribute('aria-label'),
      code: await beds.nth(at).locator('strong').textContent(),
    };
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    if (may) return found;
  }
  throw new Error('no open bed that this nurse may use');
}

test('sessions, devices, and a hold out of one search', async () => {
  const browser = await launch();
  try {
    const office = await signedIn(browser, url, 'referral-office', { org: LEAD });
    await office.goto(`${url}/resources/slots`);
    await office.locator('.resources-session').filter({ hasText: /余 \d+/ }).last().click();
    await dialog(office).getByText('挂号费').waitFor();
    assert.ok((await dialog(office).locator('tbody tr').count()) > 0, 'a session has slots');
    await office.keyboard.press('Escape');

    await office.goto(`${url}/resources/equipment`);
    await office.locator('.resources-lane').first().waitFor();
    await office.getByText('绿色通道预留').first().waitFor();

    await office.goto(`${url}/resources`);
    await office.getByRole('button', { name: '3 天内心内科号源' }).click();
    const offer = office.locator('tbody tr.ant-table-row').last();
    await offer.getByRole('button', { name: '锁定' }).click();
    await dialog(office).getByRole('button', { name: '锁定' }).click();
    await office.getByText('已锁定，保留至').waitFor();
    await office.goto(`${url}/resources/holds`);
    await office.locator('tbody tr', { hasText: '已锁定' }).first().waitFor();
    await shot(office, 'journey-holds');
    await office.done();
  } finally {
    await browser.close();
  }
});
