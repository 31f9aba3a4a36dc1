// The dispatch wall: live without reloading, dark, whole on one screen, and nobody's name on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { must, organization, refer, register } from '../screen.mjs';

const url = serverUrl();
const LEAD = '云岭联合医院';

test('a new emergency appears on the wall by itself', async () => {
  const browser = await launch();
  try {
    const wall = await signedIn(browser, url, 'dispatcher', { size: sizes.wide });
    const village = await signedIn(browser, url, 'village-doctor', { org: '溪语村' });
    const office = await signedIn(browser, url, 'referral-office', { org: LEAD });
    await wall.goto(`${url}/dispatch/wall`);
    const queue = wall.getByRole('region', { name: '转诊队列' });
    await queue.waitFor();
    await wall.evaluate(() => {
      window.sameDocument = true;
    });
    const waiting = queue.locator('.wall-figure', { hasText: '待答复' }).locator('b');
    const before = Number(await waiting.textContent());

    const to = await organization(village, LEAD);
    const patient = await register(village);
    await refer(village, { patient, to, kind: 'emergency', service: 'emergency', code: 'I21.9', content: { reason_code: 'critical', danger_signs: ['chest-pain'] } });
    await wall.waitForFunction(
      (count) => [...document.querySelectorAll('.wall-panel-queue .wall-figure')].some((one) => one.textContent.includes('待答复') && Number(one.querySelector('b').textContent) > count),
      before,
    );
    await queue.locator('.wall-row', { hasText: '绿色通道' }).first().waitFor();
    assert.equal(await wall.evaluate(() => window.sameDocument), true, 'the page was not loaded anew');

    const text = (await wall.locator('body').textContent()) ?? '';
    const rows = (await must(office, 'GET', '/api/referrals?box=inbox&limit=100')).items;
    assert.ok(rows.length > 5);
    for (const name of [patient.name, ...rows.map((one) => one.patient_name ?? one.patient?.name)]) {
      assert.ok(name && !text.includes(name), `the wall shows the name ${name}`);
    }
    const over = await wall.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    assert.ok(over <= 0, 'the wall never scrolls');
    assert.equal(await wall.evaluate(() => document.documentElement.dataset.theme ?? document.documentElement.style.colorScheme), 'dark');
    await shot(wall, 'journey-wall');
    for (const page of [wall, village, office]) await page.done();
  } finally {
    await browser.close();
  }
});
