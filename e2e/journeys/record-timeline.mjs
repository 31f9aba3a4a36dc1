// What a village clinic and a hospital sent by FHIR stands on one line of time in a third place: refused
// there without a basis, shown with its sources once the patient agreed, marked where it is new. By
// the emergency door somebody else reads the summary first, and the privacy officer is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { call, dialog, must, register } from '../screen.mjs';

const url = serverUrl();
const VILLAGE = '青垄村';
const LEAD = '云岭联合医院';
const STRANGER = '溪语村';
const REASON = '患者在集市昏倒、抽搐，家属不在场，需立即了解过敏和用药。';
const DAY_MS = 86_400_000;
/** Long enough ago that the next look is another one. */
const EARLIER_MS = 2 * 3_600_000;

const daysAgo = (days) => new Date(Date.now() - days * DAY_MS).toISOString();
const loinc = (code, display) => ({ coding: [{ system: 'http://loinc.org', code, display }], text: display });
const quantity = (value, unit, code = unit) => ({ value, unit, system: 'http://unitsofmeasure.org', code });
const category = (code) => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] }];
const store = (page, body) => must(page, 'POST', `/fhir/${body.resourceType}`, { body });
const orgOf = async (page) => (await must(page, 'GET', '/api/session')).assignment.org_id;

/** A visit with a blood pressure, as a village clinic keeps it. */
async function villageVisit(page, patient, org_id) {
  const subject = { reference: `Patient/${patient.id}` };
  const org = { reference: `Organization/${org_id}` };
  const at = daysAgo(20);
  await store(page, {
    resourceType: 'Encounter', status: 'finished', subject, serviceProvider: org,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    period: { start: at, end: at }, reasonCode: [{ text: '高血压随访' }],
  });
  const part = (code, name, value, high) => ({
    code: loinc(code, name), valueQuantity: quantity(value, 'mmHg', 'mm[Hg]'),
    referenceRange: [{ high: quantity(high, 'mmHg', 'mm[Hg]') }],
  });
  await store(page, {
    resourceType: 'Observation', status: 'final', category: category('vital-signs'), code: loinc('85354-9', '血压'),
    subject, effectiveDateTime: at, performer: [org],
    component: [part('8480-6', '收缩压', 168, 140), part('8462-4', '舒张压', 88, 90)],
  });
}

/** A potassium value as the hospital's laboratory sends it. */
function potassium(patient, org_id, value, days, flag) {
  return {
    resourceType: 'Observation', status: 'final', category: category('laboratory'), code: loinc('2823-3', '血钾'),
    subject: { reference: `Patient/${patient.id}` }, effectiveDateTime: daysAgo(days),
    performer: [{ reference: `Organization/${org_id}` }], valueQuantity: quantity(value, 'mmol/L'),
    referenceRange: [{ low: quantity(3.5, 'mmol/L'), high: quantity(5.3, 'mmol/L') }],
    interpretation: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: flag }] }],
  };
}

async function hospitalReport(page, patient, org_id) {
  const value = await store(page, potassium(patient, org_id, 2.6, 2, 'LL'));
  await store(page, {
    resourceType: 'DiagnosticReport', status: 'final', code: { text: '电解质' },
    subject: { reference: `Patient/${patient.id}` }, effectiveDateTime: daysAgo(2),
    performer: [{ reference: `Organization/${org_id}` }], result: [{ reference: `Observation/${value.id}` }],
    conclusion: '低钾，<script>document.title="ran"</script>建议补钾。',
  });
}

/** The patient came to the hospital with the card: it is the hospital's patient too. */
async function comesWithCard(village, lead, patient) {
  const card = patient.identifiers.find((one) => one.kind === 'resident-id');
  const path = `/api/patients/${patient.id}`;
  const shown = await must(village, 'POST', `${path}/unmask`, { body: { field: 'identifier', identifier_id: card.id } });
  await must(lead, 'POST', `${path}/registrations`, { body: { proof: { kind: 'resident-id', value: shown.values[0] } } });
}

const line = (page, text) => page.locator('.record-line', { hasText: text });

test('two members on one timeline in a third place, and nobody without a basis', async () => {
  const browser = await launch();
  try {
    const village = await signedIn(browser, url, 'village-doctor', { org: VILLAGE });
    const lead = await signedIn(browser, url, 'attending-doctor', { org: LEAD });
    const third = await signedIn(browser, url, 'village-doctor', { org: STRANGER });
    const patient = await register(village);
    const leadOrg = await orgOf(lead);
    await villageVisit(village, patient, await orgOf(village));
    await comesWithCard(village, lead, patient);
    await hospitalReport(lead, patient, leadOrg);

    await third.emulateMedia({ reducedMotion: 'reduce' });
    await third.goto(`${url}/record/patients/${patient.id}?tab=chart`);
    await third.getByRole('heading', { name: '没有调阅依据' }).first().waitFor();
    const hidden = await must(third, 'GET', `/fhir/Observation?patient=${patient.id}`);
    assert.equal(hidden.entry?.length ?? 0, 0);
    assert.equal((await call(third, 'GET', `/fhir/Patient/${patient.id}`)).status, 404);

    await must(village, 'POST', `/api/patients/${patient.id}/consents`, {
      body: {
        reach: 'org', grantee_org_id: await orgOf(third), purpose: '就近随访',
        expires_at: new Date(Date.now() + 30 * DAY_MS).toISOString(),
      },
    });
    await third.reload();
    await readsTimeline(third);
    await readsResults(third, patient);
    await seesWhatIsNew(third, lead, patient, leadOrg);
    for (const page of [village, lead, third]) await page.done();
  } finally {
    await browser.close();
  }
});

async function readsTimeline(page) {
  await line(page, '高血压随访').filter({ hasText: '青垄村卫生室' }).waitFor();
  const report = line(page, '电解质').filter({ hasText: '总院' });
  await report.getByText('2.6 mmol/L').waitFor();
  await accessible(page, 'timeline of a record');
  await shot(page, 'journey-record-timeline');
  await report.click();
  const detail = page.getByRole('dialog').filter({ hasText: '电解质' });
  await detail.getByRole('paragraph').filter({ hasText: '低钾，<script>' }).waitFor();
  await detail.getByText('3.5–5.3').waitFor();
  await detail.getByText('来源', { exact: true }).waitFor();
  assert.notEqual(await page.title(), 'ran');
  await page.keyboard.press('Escape');
  await detail.waitFor({ state: 'hidden' });
}

/** Both members in one sheet; one of them alone. */
async function readsResults(page, patient) {
  await page.goto(`${url}/record/patients/${patient.id}?tab=results`);
  const sheet = page.getByRole('region', { name: '检验与体征' });
  await sheet.getByRole('row', { name: /收缩压.*168/ }).waitFor();
  await sheet.getByRole('row', { name: /血钾.*2.6/ }).waitFor();
  await page.getByRole('group', { name: '机构' }).getByRole('button', { name: '总院' }).click();
  await sheet.getByRole('row', { name: /收缩压/ }).waitFor({ state: 'detached' });
  await sheet.getByRole('row', { name: /血钾.*2.6/ }).waitFor();
}

async function seesWhatIsNew(page, lead, patient, leadOrg) {
  await page.evaluate((earlier_ms) => {
    const name = Object.keys(localStorage).find((key) => key.endsWith('.record.looks'));
    const looks = JSON.parse(localStorage.getItem(name));
    for (const look of Object.values(looks)) look.latest_ms -= earlier_ms;
    localStorage.setItem(name, JSON.stringify(looks));
  }, EARLIER_MS);
  // A result of last month that arrives now is new, whatever its date.
  await store(lead, potassium(patient, leadOrg, 4.4, 30, 'N'));
  await page.goto(`${url}/record/patients/${patient.id}?tab=chart`);
  await page.getByText(/上次查看（.*）以来新增/).waitFor();
  await line(page, '4.4 mmol/L').getByText('新', { exact: true }).waitFor();
}

test('by the emergency door the summary comes first, and the privacy officer is told', async () => {
  const browser = await launch();
  try {
    const lead = await signedIn(browser, url, 'attending-doctor', { org: LEAD });
    const other = await signedIn(browser, url, 'village-doctor', { org: STRANGER, size: sizes.phone });
    const privacy = await signedIn(browser, url, 'privacy-officer');
    const patient = await register(lead);
    await hospitalReport(lead, patient, await orgOf(lead));

    // A colour that is on its way to another one is neither.
    await other.emulateMedia({ reducedMotion: 'reduce' });
    await other.goto(`${url}/record/patients/${patient.id}`);
    await other.getByRole('button', { name: '紧急调阅' }).click();
    await dialog(other).getByLabel('原因').fill(REASON);
    await dialog(other).getByRole('button', { name: '紧急调阅' }).click();
    await other.getByText('过敏史未知').waitFor();
    await other.getByText('没有人询问过，不等于没有过敏').waitFor();
    await other.getByText('危急值偏低').waitFor();
    await other.getByRole('button', { name: '打印', disabled: false }).waitFor();
    const over = await other.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `the summary is ${over} px wider than the screen`);
    await accessible(other, 'emergency summary');
    await shot(other, 'journey-record-summary');
    const written = await call(other, 'POST', '/fhir/Observation', { body: potassium(patient, await orgOf(other), 4, 0, 'N') });
    assert.equal(written.status, 403, 'the emergency door lets one read only');

    await privacy.goto(`${url}/record/break-glass`);
    await privacy.locator('tr', { hasText: REASON }).first().click();
    await privacy.getByText(REASON).waitFor();
    const alerts = await must(privacy, 'GET', '/api/notices');
    const here = new URL(privacy.url()).pathname;
    assert.ok(alerts.items.some((one) => one.code === 'record.break-glass' && one.link === here), 'the privacy officer has an alert of it');
    await privacy.getByRole('link', { name: '谁看过' }).click();
    // All that was opened in one sitting is one line.
    await privacy.locator('tr').filter({ hasText: STRANGER }).filter({ hasText: /查看档案 \d+ 次/ }).first().waitFor();
    await shot(privacy, 'journey-record-looks');
    for (const page of [lead, other, privacy]) await page.done();
  } finally {
    await browser.close();
  }
});
