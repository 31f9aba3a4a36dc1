// A place that was held is taken back: the one who held it is told, and takes another from the alert.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { call, department, dialog, must, organization, refer, register } from '../screen.mjs';

const url = serverUrl();
const LEAD = '云岭联合医院';
const DAY_MS = 86_400_000;

test('instead of a stopped session another slot is taken from the alert', async () => {
  const browser = await launch();
  try {
    const asks = await signedIn(browser, url, 'referral-office', { org: '青岚' });
    const owns = await signedIn(browser, url, 'bed-manager', { org: LEAD });
    const offer = await aSlot(asks);
    await must(asks, 'POST', '/api/resources/holds', { body: { place: offer.place } });
    await stopSession(owns, offer);

    await openAlerts(asks);
    const alert = asks.locator('.app-notices > li', { hasText: `已锁定的资源被收回：${offer.name}` }).first();
    await alert.getByText('停诊').waitFor();
    const instead = alert.locator('.resources-alternatives li');
    assert.ok((await instead.count()) > 0, 'something else is offered');
    await shot(asks, 'journey-withdrawn');
    await instead.first().getByRole('button', { name: '锁定' }).click();
    await dialog(asks).getByText('锁定资源').waitFor();
    await dialog(asks).getByRole('button', { name: '锁定' }).click();
    await asks.getByText('已锁定，保留至').waitFor();
    const held = await must(asks, 'GET', '/api/resources/holds?side=requesting&state=held&limit=10');
    assert.ok(held.items.some((hold) => hold.owner_kind === 'desk'), 'the other place is held');
    await asks.done();
    await owns.done();
  } finally {
    await browser.close();
  }
});

test('for a case another slot is suggested to the side that treats', async () => {
  const browser = await launch();
  try {
    const village = await signedIn(browser, url, 'village-doctor', { org: '青垄村', size: sizes.phone });
    const office = await signedIn(browser, url, 'referral-office', { org: LEAD });
    const owns = await signedIn(browser, url, 'bed-manager', { org: LEAD });
    const to = await organization(village, LEAD);
    const heart = await department(village, to.id, '心血管');
    const sent = await refer(village, { patient: await register(village), to, department_id: heart.id });
    const offer = await aSlot(office, heart.id);
    await must(office, 'POST', `/api/referrals/${sent.id}/accept`, { version: sent.version, body: { place: offer.place } });
    await stopSession(owns, offer);

    await openAlerts(village);
    const alert = village.locator('.app-notices > li', { hasText: '已锁定的资源被收回' }).first();
    await shot(village, 'journey-withdrawn-phone');
    await alert.getByRole('button', { name: '建议改约' }).first().click();
    await village.waitForURL(new RegExp(`/referral/${sent.id}`));
    const words = village.getByRole('textbox', { name: '留言' });
    await words.waitFor();
    assert.match(await words.inputValue(), /^原锁定被收回，建议改约：/);
    await village.getByRole('button', { name: '发送' }).click();
    await village.locator('.referral-centre').getByText('原锁定被收回，建议改约').first().waitFor();
    for (const page of [village, office, owns]) await page.done();
  } finally {
    await browser.close();
  }
});

/** The first free slot of the lead hospital, after tomorrow. */
async function aSlot(page, department_id) {
  const to = await organization(page, LEAD);
  const from = new Date(Date.now() + DAY_MS).toISOString();
  const until = new Date(Date.now() + 12 * DAY_MS).toISOString();
  const where = department_id ? `department_id=${department_id}` : 'specialty=03.04';
  const found = await must(page, 'GET', `/api/resources/search?kind=slot&org_id=${to.id}&${where}&from=${from}&to=${until}&limit=5`);
  const offer = found.items?.[0] ?? found.offers?.[0];
  assert.ok(offer, 'a free slot');
  return offer;
}

/** Stops the session that a slot belongs to. */
async function stopSession(page, offer) {
  const day = new Date(Date.parse(offer.start_at) + 8 * 3_600_000).toISOString().slice(0, 10);
  const query = `org_id=${offer.org_id}&department_id=${offer.department_id}&from=${day}&to=${day}&limit=100`;
  const { items } = await must(page, 'GET', `/api/resources/sessions?${query}`);
  for (const { id } of items) {
    const session = await must(page, 'GET', `/api/resources/sessions/${id}`);
    if (!session.slots.some((slot) => slot.id === offer.place.slot_id)) continue;
    const answer = await call(page, 'POST', `/api/resources/sessions/${id}/stop`, { version: session.version, body: { reason: '医生临时外出会诊' } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return;
  }
  assert.fail(`no session of ${offer.name} on ${day}`);
}

async function openAlerts(page) {
  await page.goto(url);
  await page.getByRole('button', { name: /^提醒/ }).click();
  await page.locator('.app-notices > li').first().waitFor();
}
