// Another member's patient: refused without a basis; in an emergency opened with a reason, which
// the privacy officer is told of and the patient's access log shows.
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { dialog, register } from '../screen.mjs';

const url = serverUrl();
const REASON = '患者在村口突发抽搐，需立即了解过敏史。';

test('no record without a basis, and every emergency access is looked at', async () => {
  const browser = await launch();
  try {
    const own = await signedIn(browser, url, 'attending-doctor', { org: '云岭联合医院' });
    const other = await signedIn(browser, url, 'village-doctor', { org: '溪语村' });
    const privacy = await signedIn(browser, url, 'privacy-officer');
    const patient = await register(own);
    const address = `${url}/record/patients/${patient.id}`;

    await other.goto(address);
    await other.getByRole('heading', { name: '没有调阅依据' }).first().waitFor();
    await shot(other, 'journey-no-basis');
    await breaksGlass(other, patient);

    await privacy.goto(`${url}/record/break-glass`);
    await privacy.locator('tr', { hasText: REASON }).first().click();
    await privacy.waitForURL(/\/record\/break-glass\/[0-9a-f-]{36}/);
    await privacy.getByText(REASON).waitFor();
    await privacy.getByRole('radio', { name: '情况属实' }).check();
    await privacy.getByLabel('说明').fill('已核对急救记录。');
    await privacy.getByRole('button', { name: '提交复核' }).click();
    await privacy.getByText('情况属实').first().waitFor();
    await privacy.getByRole('link', { name: '谁看过' }).click();
    const log = privacy.locator('tr');
    await log.filter({ hasText: '溪语村' }).first().waitFor();
    await log.filter({ hasText: '紧急调阅' }).first().waitFor();
    await log.filter({ hasText: '查看被拒绝' }).first().waitFor();
    await shot(privacy, 'journey-access-log');
    for (const page of [own, other, privacy]) await page.done();
  } finally {
    await browser.close();
  }
});

async function breaksGlass(page, patient) {
  await page.getByRole('button', { name: '紧急调阅' }).click();
  await dialog(page).getByLabel('原因').fill(REASON);
  await dialog(page).getByRole('button', { name: '紧急调阅' }).click();
  await page.getByRole('heading', { name: patient.name }).waitFor();
  await page.getByText('调阅依据：紧急调阅').waitFor();
}
