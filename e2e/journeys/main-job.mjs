// The main job: one patient from a village to the lead hospital and back, by five people at five
// desks, until the case is closed and both sides tell the same story.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { act, choose, dialog, listOf, residentId, somebody } from '../screen.mjs';

const url = serverUrl();
const { name: NAME, birth: BIRTH } = somebody();

test('a patient goes up to the lead hospital and comes home', async () => {
  const browser = await launch();
  const people = {
    village: await signedIn(browser, url, 'village-doctor', { org: '青垄村' }),
    office: await signedIn(browser, url, 'referral-office', { org: '云岭联合医院' }),
    nurse: await signedIn(browser, url, 'ward-nurse', { org: '云岭联合医院' }),
    doctor: await signedIn(browser, url, 'attending-doctor', { org: '云岭联合医院' }),
    town: await signedIn(browser, url, 'general-practitioner', { org: '青禾镇' }),
  };
  try {
    const path = await refers(people.village);
    const bed = await accepts(people.office, path);
    await admits(people.nurse, path, bed);
    await returns(people.doctor, path);
    await follows(people.town, path);
    await tellsTheSame(people, path);
    for (const page of Object.values(people)) await page.done();
  } finally {
    await browser.close();
  }
});

/** The village doctor: somebody new, registered from within the form; what the rules say is taken. */
async function refers(page) {
  await page.goto(`${url}/referral/new?kind=up`);
  await page.getByPlaceholder('姓名、拼音、身份证号或健康卡号').fill(NAME);
  await page.getByText('本机构没有此人').waitFor();
  await page.getByRole('button', { name: '登记新患者' }).click();
  await page.getByRole('textbox', { name: '证件号' }).fill(residentId({ birth: BIRTH, male: false }));
  await page.getByLabel('姓名', { exact: true }).fill(NAME);
  await page.getByLabel('电话', { exact: true }).fill('19900123456');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.waitForURL(/\/referral\/new\?/);
  await page.getByText(`${NAME} 女`).waitFor();

  const main = page.locator('.referral-new-main');
  const diagnosis = listOf(main, '诊断');
  await choose(page, diagnosis, { type: 'bwdxxjt', option: 'I20.0' });
  await page.locator('.referral-diagnoses').getByText('不稳定型心绞痛').waitFor();
  await choose(page, listOf(main, '转诊原因'), { option: '诊断' });
  await page.getByLabel('病情', { exact: true }).fill('反复活动后胸闷三天，休息可缓解，心电图 ST 段压低。');
  await page.getByLabel('治疗经过').fill('阿司匹林、硝酸甘油后症状减轻。');
  await page.getByLabel('收缩压').fill('146');
  await page.getByLabel('舒张压').fill('88');
  await page.getByLabel('脉搏').fill('88');
  await page.getByLabel('血氧').fill('96');
  await page.getByText('无已知过敏').click();
  await page.locator('.ant-radio-button-wrapper', { hasText: '住院' }).click();

  const advice = page.getByRole('complementary', { name: '规则建议' });
  await advice.getByText('建议转诊').first().waitFor();
  await advice.getByRole('button', { name: /^总院/ }).click();
  await choose(page, listOf(main, '科室'), { option: '心血管内科' });
  await page.getByText('患者（或家属）知情并同意转诊').click();
  await shot(page, 'journey-referral-form');
  await page.getByRole('button', { name: '提交转诊' }).click();
  const why = page.getByLabel('不按建议的理由');
  await Promise.race([page.waitForURL(/\/referral\/[0-9a-f-]{36}/), why.waitFor()]);
  if (await why.isVisible()) {
    await why.fill('家属要求到总院。');
    await page.getByRole('button', { name: '提交转诊' }).click();
  }
  await page.waitForURL(/\/referral\/[0-9a-f-]{36}/);
  await page.getByText('已提交').first().waitFor();
  return new URL(page.url()).pathname;
}

/** The referral office: found in the inbox, looked at, accepted with a bed held. */
async function accepts(page, path) {
  await page.goto(`${url}/referral`);
  await page.getByRole('searchbox', { name: '姓名、拼音或转诊单号' }).or(page.getByPlaceholder('姓名、拼音或转诊单号')).first().fill(NAME);
  await page.keyboard.press('Enter');
  await page.getByText(NAME).first().waitFor();
  await page.goto(url + path);
  await act(page, '受理');
  let bed = '';
  await act(page, '接受', async (box) => {
    const first = box.locator('.referral-offer').first();
    bed = (await first.locator('b').first().textContent()) ?? '';
    await first.click();
    await box.getByLabel('给患者的话').fill('请带身份证、既往心电图。');
  });
  await page.getByText('已接受').first().waitFor();
  const held = page.getByRole('complementary', { name: '下一步' });
  await held.getByText('保留至').waitFor();
  await held.getByText('取号码').waitFor();
  return bed;
}

/** The ward nurse: sees the bed held on the map, then the patient is there and lies in it. */
async function admits(page, path, bed) {
  await page.goto(`${url}/resources/beds?state=held`);
  const code = bed.split(/\s+/).at(-1);
  await page.locator('.resources-bed', { hasText: code }).filter({ hasText: '已锁定' }).first().waitFor();
  await shot(page, 'journey-bed-held');
  await page.goto(url + path);
  await act(page, '登记到诊');
  await page.getByText('已到诊').first().waitFor();
  await act(page, '收治入院', async (box) => {
    await box.getByLabel('住院号').fill('ZY20260001');
  });
  await page.getByText('已收治').first().waitFor();
}

/** The attending doctor: discharge summary back to the village, and the way down to the township. */
async function returns(page, path) {
  await page.goto(url + path);
  await act(page, '回传结果/出院小结', async (box) => {
    await box.getByLabel('检查结果').fill('冠状动脉造影：前降支中段狭窄85%。');
    await box.getByLabel('诊疗经过').fill('前降支植入支架1枚，过程顺利。');
    await box.getByLabel('出院情况').fill('无胸痛，生命体征平稳。');
    await box.getByLabel('医嘱与建议').fill('双联抗血小板一年，定期复诊。');
  });
  await page.getByText('已回传').first().waitFor();
  await act(page, '建议下转', async (box) => {
    await choose(page, listOf(box, '承接机构'), { type: '青禾镇', option: '青禾镇中心卫生院' });
    for (const line of await box.locator('#plan_stability').getByRole('checkbox').all()) await line.check();
    await box.getByRole('button', { name: '添加药品' }).click();
    await choose(page, box.getByRole('combobox', { name: '药品' }), { type: 'aspl', option: '阿司匹林' });
    await box.getByRole('textbox', { name: '用法用量' }).fill('100 mg 每日1次');
    await box.getByLabel('康复目标').fill('恢复日常活动，血压低于 130/80。');
  });
  await page.getByText('下转建议').first().waitFor();
}

/** The township doctor: takes the patient over, visits three times, closes. */
async function follows(page, path) {
  await page.goto(url + path);
  await page.getByRole('tab', { name: '下转方案' }).click();
  await page.getByText('恢复日常活动').waitFor();
  await act(page, '接收下转');
  await page.getByText('基层已接收').first().waitFor();
  await page.getByRole('tab', { name: /随访/ }).click();
  const visits = page.locator('.referral-follow-ups > li');
  const count = await visits.count();
  assert.equal(count, 3, 'follow-ups on the days of the rule');
  for (let done = 0; done < count; done += 1) {
    await visits.nth(done).getByRole('button', { name: '登记随访' }).click();
    const box = dialog(page);
    await box.locator('.ant-form-item').first().waitFor();
    await answerAll(box);
    await box.getByLabel('康复进展').fill('恢复良好。');
    await box.getByRole('button', { name: '保存' }).click();
    await box.waitFor({ state: 'hidden' });
    await page.getByRole('tab', { name: `随访 ${done + 1}/${count}` }).waitFor();
  }
  await page.getByText('随访完成').first().waitFor();
  await act(page, '结案', async (box) => {
    await box.getByText('好转').click();
  });
  await page.getByText('已结案').first().waitFor();
}

/** Every question that must be answered: numbers in range, yes or no. */
async function answerAll(box) {
  await box.getByText('入户').waitFor();
  for (const item of await box.locator('.ant-form-item:has(.ant-form-item-required)').all()) {
    const number = item.locator('input.ant-input-number-input, .ant-input-number input');
    const choice = item.locator('.ant-radio-wrapper');
    const words = item.locator('textarea');
    if (await number.count()) await number.first().fill('80');
    else if ((await choice.count()) && !(await item.locator('.ant-radio-wrapper-checked').count())) await choice.first().click();
    else if (await words.count()) await words.first().fill('无不适。');
  }
}

/** Both sides read one timeline, and the sheet prints with its number. */
async function tellsTheSame(people, path) {
  const told = {};
  for (const [who, page] of Object.entries(people)) {
    await page.goto(url + path);
    const story = page.getByRole('list', { name: '经过' });
    await story.getByText('结案').first().waitFor();
    told[who] = await story.locator('.lt-timeline-title').allTextContents();
  }
  for (const word of ['提交', '受理', '接受', '患者到诊', '收治入院', '回传结果', '建议下转', '基层接收', '登记随访', '结案']) {
    assert.ok(told.village.some((line) => line.includes(word)), `the timeline says ${word}: ${told.village.join(' | ')}`);
  }
  for (const who of ['office', 'nurse', 'doctor', 'town']) assert.deepEqual(told[who], told.village, `${who} reads the same`);

  const page = people.office;
  await page.getByRole('button', { name: '打印转诊单' }).click();
  const box = dialog(page);
  await box.getByText('转诊单（上转）').waitFor();
  await box.getByText(NAME).first().waitFor();
  await box.getByText('打印人').waitFor();
  await shot(page, 'journey-print');
}
