// A member's own laboratory items: brought from a spreadsheet, looked at, put in force; what nobody
// else can read is seen, decided in the workshop with the keyboard, and the share that can be read
// rises.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { dialog, must, register } from '../screen.mjs';

const url = serverUrl();
/** Other names each time, so that the journey can run again. */
const RUN = String(Date.now() % 1_000_000);
const SYSTEM = `lab-${RUN}`;
const URI = `urn:lianti:${SYSTEM}`;
const FILE = '\ufeff编码,名称,单位\nA1,血清钾测定,mmol/L\nA2,糖化血红蛋白测定,%\nA3,院内质控样本,\n';

test('a local catalogue is mapped, and the coverage rises', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'system-admin');
    const { assignment } = await must(page, 'GET', '/api/session');
    await brought(page, assignment.org_id);
    await arrived(browser);
    const before = await readable(page);
    await mapped(page, assignment.org_id);
    const after = await readable(page);
    assert.ok(after.mapped > before.mapped && after.unmapped < before.unmapped, JSON.stringify({ before, after }));
    await page.goto(`${url}/terminology/coverage`);
    await page.getByText('各成员上传的编码有多少能被他方识别？').waitFor();
    await accessible(page, 'terminology coverage');
    await shot(page, 'journey-terminology-coverage');
    await undone(page);
    await page.done();
  } finally {
    await browser.close();
  }
});

async function brought(page, org_id) {
  const body = { system: SYSTEM, name_zh: `检验项目${RUN}`, url: URI, org_id };
  await must(page, 'POST', '/api/terminology/systems', { body });
  await page.goto(`${url}/terminology/${SYSTEM}/import`);
  await page.locator('input[type=file]').setInputFiles({ name: 'items.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
  await page.getByLabel('版本名称').fill('2026-1');
  await page.getByRole('button', { name: '查看变化' }).click();
  await page.waitForURL(/\/versions\/1$/);
  await page.getByText('血清钾测定').waitFor();
  await accessible(page, 'terminology version');
  await shot(page, 'journey-terminology-version');
  await page.getByRole('button', { name: '启用' }).click();
  await page.getByText('现行').first().waitFor();
}

/** A doctor's system writes results with the member's own codes. */
async function arrived(browser) {
  const page = await signedIn(browser, url, 'attending-doctor');
  const patient = await register(page);
  const { id } = patient;
  for (const code of ['A1', 'A1', 'A2']) {
    const body = {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: URI, code }] },
      subject: { reference: `Patient/${id}` },
    };
    const headers = { 'Content-Type': 'application/fhir+json' };
    await must(page, 'POST', '/fhir/Observation', { body, headers });
  }
  await page.context().close();
}

async function readable(page) {
  // Arrivals are counted behind the writes.
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const query = new URLSearchParams({ system: URI });
    const { items } = await must(page, 'GET', `/api/terminology/coverage/codes?${query}`);
    const sum = (status) => items.filter((one) => one.status === status).reduce((all, one) => all + one.arrivals, 0);
    const told = { mapped: sum('mapped'), unmapped: sum('unmapped') };
    if (told.mapped + told.unmapped === 3) return told;
    await page.waitForTimeout(200);
  }
  throw new Error('three arrivals were not counted');
}

async function mapped(page, org_id) {
  const body = { code: SYSTEM, name_zh: `检验对照${RUN}`, source: URI, target: 'urn:lianti:lab-item', org_id };
  const map = await must(page, 'POST', '/api/terminology/maps', { body });
  await page.goto(`${url}/terminology/maps/${map.id}/workshop`);
  const bench = page.getByRole('list', { name: '推荐' });
  const current = page.locator('.term-queue [aria-current]');
  await current.filter({ hasText: 'A1' }).waitFor();
  await bench.getByText('名称相同').first().waitFor();
  await accessible(page, 'terminology workshop');
  await shot(page, 'journey-terminology-workshop');
  await page.keyboard.press('1');
  await current.filter({ hasText: 'A2' }).waitFor();
  await bench.getByText('HBA1C').waitFor();
  await page.keyboard.press('1');
  await current.filter({ hasText: 'A3' }).waitFor();
  await page.getByRole('heading', { name: 'A3' }).waitFor();
  await page.keyboard.press('0');
  await page.getByText('全部完成').waitFor();
  const { counts } = await must(page, 'GET', `/api/terminology/maps/${map.id}`);
  assert.deepEqual([counts.mapped, counts.unmatched], [2, 1]);
}

/** A second version by mistake, and back to the first. */
async function undone(page) {
  await page.goto(`${url}/terminology/${SYSTEM}/import`);
  const buffer = Buffer.from('编码,名称\nA1,写错的名称\n');
  await page.locator('input[type=file]').setInputFiles({ name: 'wrong.csv', mimeType: 'text/csv', buffer });
  await page.getByLabel('版本名称').fill('2026-2');
  await page.getByRole('button', { name: '查看变化' }).click();
  await page.waitForURL(/\/versions\/2$/);
  await page.getByRole('button', { name: '启用' }).click();
  await page.getByText('现行').first().waitFor();
  await page.goto(`${url}/terminology/${SYSTEM}/versions/1`);
  await page.getByRole('button', { name: '恢复到此版本' }).click();
  await dialog(page).getByRole('button', { name: '恢复到此版本' }).click();
  await page.waitForURL(/\/versions\/3$/);
  const one = await must(page, 'GET', `/api/terminology/${SYSTEM}/concepts/A1`);
  assert.equal(one.zh, '血清钾测定');
}
