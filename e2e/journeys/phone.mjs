// The village doctor with a telephone: large actions, one thumb, a referral sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { choose, listOf, register, somebody } from '../screen.mjs';

const url = serverUrl();
const THUMB_PX = 44;

test('a village doctor refers from a telephone', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'village-doctor', { org: '青垄村', size: sizes.phone });
    const who = somebody();
    const patient = await register(page, who);
    await page.goto(`${url}/referral/start`);
    const actions = page.getByRole('navigation', { name: '今天做什么' }).or(page.getByRole('list', { name: '今天做什么' })).first();
    for (const name of ['看患者', '转诊', '随访', '请教专家']) {
      const box = await actions.getByRole('link', { name: new RegExp(`^${name}`) }).boundingBox();
      assert.ok(box && box.height >= THUMB_PX && box.width >= THUMB_PX, `${name} is large enough for a thumb`);
    }
    await shot(page, 'journey-phone-start');
    await actions.getByRole('link', { name: /^转诊/ }).click();
    await page.waitForURL(/\/referral\/new/);
    await page.getByPlaceholder('姓名、拼音、身份证号或健康卡号').fill(who.initials);
    await page.getByRole('list', { name: '本机构患者' }).getByRole('button', { name: new RegExp(patient.name) }).click();
    await page.getByText(`${patient.name} 男`).waitFor();

    const form = page.locator('.referral-new-main');
    await choose(page, listOf(form, '诊断'), { type: 'I10', option: '高血压' });
    await choose(page, listOf(form, '转诊原因'), { option: '' });
    await page.getByLabel('病情', { exact: true }).fill('血压控制不佳两周，伴头晕。');
    await page.getByLabel('收缩压').fill('186');
    await page.getByLabel('舒张压').fill('112');
    await page.getByText('无已知过敏').click();
    await page.locator('.referral-inline-suggestion').getByText(/建议转诊|可在当地处理|目录未列/).waitFor();
    await choose(page, listOf(form, '转入机构'), { type: '青禾镇', option: '青禾镇中心卫生院' });
    await page.getByText('患者（或家属）知情并同意转诊').click();
    await noSideways(page);
    const send = page.getByRole('button', { name: '提交转诊' });
    await send.click();
    const why = page.getByLabel('不按建议的理由');
    await Promise.race([page.waitForURL(/\/referral\/[0-9a-f-]{36}/), why.waitFor()]);
    if (await why.isVisible()) {
      await why.fill('患者要求就近。');
      await send.click();
    }
    await page.waitForURL(/\/referral\/[0-9a-f-]{36}/);
    await page.getByText('已提交').first().waitFor();
    await noSideways(page);
    await page.getByRole('list', { name: '经过' }).waitFor();
    await shot(page, 'journey-phone-case');
    await page.goto(`${url}/referral/start`);
    await page.getByRole('button', { name: new RegExp(patient.name) }).waitFor();
    await page.done();
  } finally {
    await browser.close();
  }
});

async function noSideways(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `the page is ${over} px wider than the screen`);
}
