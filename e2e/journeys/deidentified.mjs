// A director asks for a de-identified extract, looks ahead, the privacy officer approves it, it is made
// and fetched; on a phone and in English as well. No name and no number of a patient is in the file.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { call, dialog, must, register } from '../screen.mjs';

const url = serverUrl();
const RUN = String(Date.now() % 1_000_000);
const PURPOSE = `县域慢性病就诊情况研究，伦理批件 ${RUN}`;

test('an extract is asked for, approved by somebody else, and fetched', async () => {
  const browser = await launch();
  try {
    const known = await written(browser);
    const asks = await signedIn(browser, url, 'director');
    await asked(asks);
    const own = await call(asks, 'POST', `${new URL(asks.url()).pathname.replace('/research/', '/api/research-extracts/')}/approve`, {
      version: 1,
      body: {},
    });
    assert.equal(own.status, 403);

    const decides = await signedIn(browser, url, 'privacy-officer', { size: sizes.phone });
    await decides.goto(`${url}/research?state=requested`);
    await decides.getByText(PURPOSE).click();
    await decides.getByRole('button', { name: '批准', exact: true }).click();
    await shot(decides, 'journey-deidentified-approve-phone');
    await dialog(decides).getByRole('button', { name: '批准', exact: true }).click();
    await dialog(decides).waitFor({ state: 'hidden' });
    await accessible(decides, 'extract on a phone');

    await asks.getByText('可下载').first().waitFor({ timeout: 120_000 });
    await asks.getByText('满足 k = 5').waitFor();
    await accessible(asks, 'extract');
    await shot(asks, 'journey-deidentified-ready');
    const text = await fetched(asks);
    const [head, ...rows] = text.trim().split('\n');
    assert.equal(head, 'patient,sex,age,county,diagnosis,visits,results');
    assert.ok(rows.length >= 5, `${rows.length} rows`);
    for (const word of known) assert.ok(!text.includes(word), word);
    assertGroups(rows);

    const english = await signedIn(browser, url, 'director', { language: 'en', size: sizes.phone });
    await english.goto(asks.url());
    await english.getByText('k = 5 holds').waitFor();
    await shot(english, 'journey-deidentified-english-phone');
    await accessible(english, 'extract in English on a phone');

    await asks.getByRole('button', { name: '撤回' }).click();
    await dialog(asks).getByRole('textbox').fill('研究结束');
    await dialog(asks).getByRole('button', { name: '撤回' }).click();
    await asks.getByText('已撤回').first().waitFor();
    for (const page of [asks, decides, english]) await page.done();
  } finally {
    await browser.close();
  }
});

/** Patients with a result each, so that there is something to extract. */
async function written(browser) {
  const page = await signedIn(browser, url, 'attending-doctor');
  const known = [];
  for (let number = 0; number < 12; number += 1) {
    const patient = await register(page);
    known.push(patient.id, patient.name);
    const body = {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }], text: patient.name },
      subject: { reference: `Patient/${patient.id}` },
      effectiveDateTime: new Date(Date.now() - 86_400_000).toISOString(),
      valueQuantity: { value: 120 + number, system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    };
    await must(page, 'POST', '/fhir/Observation', { body, headers: { 'Content-Type': 'application/fhir+json' } });
  }
  await page.context().close();
  return known.filter(Boolean);
}

async function asked(page) {
  await page.goto(`${url}/research`);
  await page.getByRole('button', { name: '申请提取' }).click();
  await page.getByLabel('用途').fill('太短');
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.getByText('请写明数据用途').first().waitFor();
  await page.getByLabel('用途').fill(PURPOSE);
  await page.getByLabel('k 值').fill('3');
  await page.getByRole('button', { name: '试算' }).click();
  await page.getByText('k 不得小于 5').first().waitFor();
  await page.getByLabel('k 值').fill('5');
  await page.getByRole('button', { name: '试算' }).click();
  await page.getByRole('heading', { name: '试算结果' }).waitFor({ timeout: 60_000 });
  await accessible(page, 'request of an extract');
  await shot(page, 'journey-deidentified-request');
  await page.getByRole('button', { name: '提交申请' }).click();
  await page.waitForURL(/\/research\/[0-9a-f-]{36}$/);
  await page.getByText('待审批').first().waitFor();
}

async function fetched(page) {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'table csv' }).click(),
  ]);
  return readFile(await file.path(), 'utf8');
}

function assertGroups(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = row.split(',').slice(1, 4).join();
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  for (const [key, patients] of groups) assert.ok(patients >= 5, `${key}: ${patients}`);
}
