// A clinical document that a hospital's system sends is read in the record: header in words, sections,
// nothing in it runs. A doctor then writes a discharge summary out of a stay, looks at it and issues it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { must, residentId, somebody } from '../screen.mjs';

const url = serverUrl();
const SAMPLE = new URL('../../crates/cda/tests/samples/discharge-summary.xml', import.meta.url);
const ADVICE = '休息两周，<script>document.title="ran"</script>门诊复查。';
const DAY_MS = 86_400_000;

const daysAgo = (days) => new Date(Date.now() - days * DAY_MS).toISOString();

test('a document is read, and a discharge summary is issued', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'attending-doctor');
    const { name, birth } = somebody();
    const number = residentId({ birth });
    const body = { name, identifiers: [{ kind: 'resident-id', value: number }] };
    const { patient } = await must(page, 'POST', '/api/patients', { body });
    await sent(page, { name, birth, number });
    await stay(page, patient);
    await read(page, patient);
    await written(page, patient);
    await page.done();
  } finally {
    await browser.close();
  }
});

/** The sample, made this patient's. */
async function sent(page, { name, birth, number }) {
  const key = randomUUID().slice(0, 8);
  const text = readFileSync(SAMPLE, 'utf8')
    .replaceAll('DS-2026', `DS-${key}`)
    .replace('11010519491231002X', number)
    .replace('王小明', name)
    .replace('19491231', birth);
  const token = (await page.context().cookies()).find((one) => one.name === 'lianti_csrf')?.value;
  const answer = await page.context().request.fetch(`${url}/api/documents`, {
    method: 'POST',
    data: text,
    headers: { 'Content-Type': 'application/xml', 'X-CSRF-Token': token ?? '', 'Idempotency-Key': randomUUID() },
  });
  assert.equal(answer.status(), 201, await answer.text());
}

/** A stay with a diagnosis, as the hospital's system tells of it. */
async function stay(page, patient) {
  const { assignment } = await must(page, 'GET', '/api/session');
  const subject = { reference: `Patient/${patient.id}` };
  const encounter = await must(page, 'POST', '/fhir/Encounter', {
    body: {
      resourceType: 'Encounter', status: 'finished', subject, identifier: [{ value: 'ZY-1' }],
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      period: { start: daysAgo(9), end: daysAgo(2) },
      serviceProvider: { reference: `Organization/${assignment.org_id}` },
    },
  });
  await must(page, 'POST', '/fhir/Condition', {
    body: {
      resourceType: 'Condition', subject, encounter: { reference: `Encounter/${encounter.id}` },
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'J15.9' }], text: '细菌性肺炎' },
    },
  });
}

async function read(page, patient) {
  await page.goto(`${url}/record/patients/${patient.id}?tab=documents`);
  const reader = page.getByRole('article', { name: '出院小结' });
  await reader.getByText('赵主任').first().waitFor();
  await reader.getByRole('cell', { name: '5.60 10^9/L' }).waitFor();
  await reader.getByRole('button', { name: '下载原文' }).waitFor();
  assert.doesNotMatch(await reader.textContent(), /alert/);
  await accessible(page, 'clinical document');
  await shot(page, 'journey-document');
}

async function written(page, patient) {
  await page.getByRole('link', { name: '写出院小结' }).click();
  await page.waitForURL(/\/documents\/discharge\//);
  await page.getByLabel('诊断名称').first().waitFor();
  assert.equal(await page.getByLabel('诊断名称').first().inputValue(), '细菌性肺炎');
  await page.getByRole('button', { name: '预览' }).click();
  await page.getByRole('alert').getByText('诊疗经过', { exact: true }).waitFor();
  await page.getByLabel('诊疗经过').fill('抗感染治疗，复查好转。');
  await page.getByLabel('出院医嘱').fill(ADVICE);
  await accessible(page, 'discharge summary');
  await page.getByRole('button', { name: '预览' }).click();
  await page.getByRole('heading', { name: '出院诊断' }).waitFor();
  await page.setViewportSize(sizes.phone);
  await shot(page, 'journey-discharge');
  await page.setViewportSize(sizes.desk);
  await page.getByRole('button', { name: '以本人名义出具' }).click();
  await page.waitForURL(/tab=documents/);
  const list = page.getByRole('list', { name: '文书报告' });
  await list.getByRole('listitem').nth(1).waitFor();
  assert.notEqual(await page.title(), 'ran');
}
