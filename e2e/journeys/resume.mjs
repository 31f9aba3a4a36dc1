// The line drops and comes back: the screen says so, and shows what was missed.
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { organization, refer, register } from '../screen.mjs';

const url = serverUrl();

test('what happened while the line was dead is there when it is back', async () => {
  const browser = await launch();
  try {
    const office = await signedIn(browser, url, 'referral-office', { org: '青禾镇' });
    const village = await signedIn(browser, url, 'village-doctor', { org: '青垄村' });
    const to = await organization(village, '青禾镇中心卫生院');
    const [before, during, after] = await Promise.all([
      register(village),
      register(village),
      register(village),
    ]);
    await office.goto(`${url}/referral?view=waiting`);
    await office.getByRole('heading', { name: '转诊' }).first().waitFor();
    await refer(village, { patient: before, to });
    await office.getByText(before.name).first().waitFor();

    await office.context().setOffline(true);
    await office.getByText('网络已断开。已显示的内容可能不是最新').waitFor();
    await shot(office, 'journey-offline');
    await refer(village, { patient: during, to });
    await office.context().setOffline(false);
    await office.getByText('网络已断开。已显示的内容可能不是最新').waitFor({ state: 'hidden' });
    await office.getByText(during.name).first().waitFor();

    await refer(village, { patient: after, to });
    await office.getByText(after.name).first().waitFor();
    // Requests that the dead line refused are no faults of the page.
    office.faults.length = 0;
    await village.done();
  } finally {
    await browser.close();
  }
});
