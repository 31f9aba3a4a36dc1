// Two people at one place: the slower one is told by whom it was taken and what is free instead; a
// case that moved on says so; a request sent twice is one request.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { act, call, department, dialog, must, organization, refer, register } from '../screen.mjs';

const url = serverUrl();
const LEAD = '云岭联合医院';

test('a slot taken a moment ago: by whom, and the next three', async () => {
  const browser = await launch();
  try {
    const first = await signedIn(browser, url, 'referral-office', { org: LEAD });
    const second = await signedIn(browser, url, 'referral-office', { org: '青岚' });
    const place = `${url}/resources?kind=slot&specialty=03.04&window=days7`;
    await Promise.all([first.goto(place), second.goto(place)]);
    const offer = await rowText(first);
    for (const page of [first, second]) {
      await row(page, offer).getByRole('button', { name: '锁定' }).click();
      await dialog(page).getByText('锁定资源').waitFor();
    }
    await dialog(first).getByRole('button', { name: '锁定' }).click();
    await first.getByText('已锁定，保留至').waitFor();

    await dialog(second).getByRole('button', { name: '锁定' }).click();
    const refusal = dialog(second).getByRole('alert').filter({ hasText: '刚刚已被总院占用' });
    await refusal.waitFor();
    await shot(second, 'journey-slot-taken');
    const instead = dialog(second).locator('.resources-alternatives li');
    assert.equal(await instead.count(), 3, 'the next three are offered');
    await instead.first().getByRole('button', { name: '改选' }).click();
    await dialog(second).getByRole('button', { name: '锁定' }).click();
    await second.getByText('已锁定，保留至').waitFor();
    await first.done();
    await second.done();
  } finally {
    await browser.close();
  }
});

const row = (page, texts) => texts.reduce((rows, text) => rows.filter({ hasText: text }), page.locator('tbody tr.ant-table-row')).first();

/** What tells the first offer from the others: place and time. */
async function rowText(page) {
  const cells = page.locator('tbody tr.ant-table-row').first().locator('td');
  await cells.first().waitFor();
  return [(await cells.nth(1).innerText()).trim(), (await cells.nth(4).innerText()).trim()];
}

test('a case that moved on: who did what, and the typed words are kept', async () => {
  const browser = await launch();
  try {
    const village = await signedIn(browser, url, 'village-doctor', { org: '青垄村' });
    const office = await signedIn(browser, url, 'referral-office', { org: LEAD });
    const chief = await signedIn(browser, url, 'duty-chief', { org: LEAD });
    const to = await organization(village, LEAD);
    const heart = await department(village, to.id, '心血管');
    const patient = await register(village);
    const sent = await refer(village, { patient, to, department_id: heart.id });

    const address = `${url}/referral/${sent.id}`;
    await chief.goto(address);
    await next(chief).getByRole('button', { name: '接受', exact: true }).click();
    await dialog(chief).locator('.referral-offer').first().click();
    await dialog(chief).getByLabel('给患者的话').fill('请空腹。');

    await office.goto(address);
    // Its dialog closes once the server has answered; the path of states shows 审核中 all along.
    await act(office, '受理');

    await dialog(chief).getByRole('button', { name: '接受', exact: true }).click();
    await dialog(chief).getByText('内容已被他人更新').waitFor();
    await dialog(chief).getByText('状态已由“已提交”变为“审核中”').waitFor();
    assert.equal(await dialog(chief).getByLabel('给患者的话').inputValue(), '请空腹。');
    await shot(chief, 'journey-stale');
    await dialog(chief).getByRole('button', { name: '按最新内容重试' }).click();
    await dialog(chief).waitFor({ state: 'hidden' });
    for (const page of [village, office, chief]) await page.done();
  } finally {
    await browser.close();
  }
});

const next = (page) => page.getByRole('complementary', { name: '下一步' });

test('sent twice is sent once', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'village-doctor', { org: '青垄村' });
    const to = await organization(page, '青禾镇中心卫生院');
    const patient = await register(page);
    const key = { 'Idempotency-Key': randomUUID() };
    const body = { kind: 'up', patient_id: patient.id, to_org_id: to.id, content: content() };
    const answers = await Promise.all([0, 1].map(() => call(page, 'POST', '/api/referrals', { body, headers: key })));
    const ids = new Set(answers.filter((one) => one.status < 300).map((one) => one.body.id));
    assert.equal(ids.size, 1, JSON.stringify(answers.map((one) => [one.status, one.body?.code])));

    await page.goto(`${url}/referral/new?draft=${[...ids][0]}`);
    const send = page.getByRole('button', { name: '提交转诊' });
    await page.getByText(patient.name).first().waitFor();
    await send.dblclick();
    await page.waitForURL(/\/referral\/[0-9a-f-]{36}/);
    await page.getByText('已提交').first().waitFor();
    const all = await must(page, 'GET', `/api/referrals?box=outbox&q=${encodeURIComponent(patient.name)}`);
    assert.equal(all.items.length, 1);
    await page.done();
  } finally {
    await browser.close();
  }
});

function content() {
  return {
    reason_code: 'uncontrolled-chronic',
    diagnoses: [{ code: 'I10', display: '特发性(原发性)高血压' }],
    condition: '血压控制不佳。',
    service: 'outpatient',
    no_known_allergies: true,
    vital_signs: { systolic_mmhg: 168, diastolic_mmhg: 100 },
    consent: { given_by: 'patient', form: 'spoken', at: new Date().toISOString() },
  };
}
