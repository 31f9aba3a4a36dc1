// One person is one record: twins registered at their mother, a registration of another system, and
// two records that somebody found to be of one person.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { call, choose, dialog, listOf, must, register, residentId, somebody } from '../screen.mjs';

const url = serverUrl();
const LEAD = '云岭联合医院';

test('twins are registered at their mother, one after the other', async () => {
  const browser = await launch();
  try {
    const nurse = await signedIn(browser, url, 'ward-nurse', { org: LEAD });
    const mother = await register(nurse, { ...somebody(), birth: '19960412' }, { male: false });
    await nurse.goto(`${url}/record/patients/${mother.id}`);
    await nurse.getByRole('button', { name: '登记新生儿' }).click();
    await nurse.getByRole('heading', { name: '登记新生儿' }).waitFor();
    await nurse.getByText(`${mother.name}之婴`, { exact: true }).waitFor();

    await nurse.getByRole('button', { name: '登记', exact: true }).click();
    await nurse.getByText('必填').first().waitFor();
    await choose(nurse, listOf(nurse, '本次出生人数'), { option: '2 胎' });
    await sex(nurse, '女');
    await nurse.getByRole('button', { name: '登记第 1 个（共 2 个）' }).click();
    await nurse.locator('li', { hasText: `${mother.name}之婴甲` }).waitFor();
    // The second one's sex is asked anew.
    await nurse.getByRole('button', { name: '登记第 2 个（共 2 个）' }).waitFor();
    await sex(nurse, '男');
    await shot(nurse, 'journey-newborn');
    await nurse.getByRole('button', { name: '登记第 2 个（共 2 个）' }).click();
    await nurse.getByText('本次出生的新生儿都已登记').waitFor();
    await nurse.locator('li', { hasText: `${mother.name}之婴乙` }).getByRole('link', { name: '打开档案' }).click();
    await nurse.getByRole('heading', { name: `${mother.name}之婴乙` }).waitFor();
    await nurse.getByRole('link', { name: '母亲的档案' }).click();
    await nurse.getByRole('heading', { name: mother.name, exact: true }).waitFor();

    // The same child once more is refused, and leads to the one there is.
    await nurse.goto(`${url}/record/patients/${mother.id}/newborn`);
    await choose(nurse, listOf(nurse, '本次出生人数'), { option: '2 胎' });
    await sex(nurse, '女');
    await nurse.getByRole('button', { name: '登记第 1 个（共 2 个）' }).click();
    await nurse.getByRole('alert').getByText('这名新生儿已经登记').waitFor();
    await nurse.getByRole('link', { name: '打开已登记的新生儿档案' }).click();
    await nurse.getByRole('heading', { name: `${mother.name}之婴甲` }).waitFor();
    await nurse.done();
  } finally {
    await browser.close();
  }
});

const sex = (page, word) => page.locator('.ant-radio-button-wrapper', { hasText: word }).first().click();

test('two records of one person become one, and can be told apart again', async () => {
  const browser = await launch();
  try {
    const office = await signedIn(browser, url, 'referral-office', { org: LEAD });
    const who = somebody();
    const first = await register(office, who);
    const { patient: second } = await must(office, 'POST', '/api/patients', {
      body: { name: who.name, sex: 'male', birth_date: iso(who.birth), identifiers: [{ kind: 'health-card', value: `HC${residentId(who)}` }], not_same_as: [first.id] },
    });

    await office.goto(`${url}/record/patients/${first.id}`);
    await office.getByRole('button', { name: '合并档案' }).click();
    await office.getByRole('textbox', { name: '选择档案二' }).fill(who.name);
    // Others may have the same name.
    await office.locator('.record-matches li', { hasText: iso(who.birth) }).getByRole('button').click();
    await office.getByText('并排比对').first().waitFor();
    await office.locator('tr', { hasText: '姓名' }).getByText('一致').waitFor();
    await office.locator('tr', { hasText: '健康卡' }).getByText('仅一方有').waitFor();

    await office.getByRole('button', { name: '合并…' }).click();
    await office.getByText('必填').first().waitFor();
    await office.getByRole('radio', { name: /档案一/ }).check();
    await office.getByLabel('理由').fill('短');
    await office.getByRole('button', { name: '合并…' }).click();
    await dialog(office).getByRole('button', { name: '合并' }).click();
    await office.getByRole('alert').getByText('请用不少于').first().waitFor();
    await office.getByLabel('理由').fill('同一人两次登记，证件与电话均已当面核对。');
    await office.getByRole('button', { name: '合并…' }).click();
    await dialog(office).getByText('来源登记').waitFor();
    await shot(office, 'journey-merge-two');
    await dialog(office).getByRole('button', { name: '合并' }).click();
    await office.waitForURL(/\/record\/index\/merges\/[0-9a-f-]{36}$/);
    await office.getByText('已合并').first().waitFor();
    const gone = await call(office, 'GET', `/api/patients/${second.id}`);
    assert.equal(gone.body.patient.id, first.id, 'the replaced number leads to the record that stays');

    await office.getByRole('button', { name: '撤销合并' }).click();
    await dialog(office).getByLabel('原因').fill('复核发现是同名的两个人。');
    await dialog(office).getByRole('button', { name: '撤销合并' }).click();
    await office.getByText('已撤销').first().waitFor();
    await office.done();
  } finally {
    await browser.close();
  }
});

test('a registration of another system finds its patient', async () => {
  const browser = await launch();
  try {
    const office = await signedIn(browser, url, 'referral-office', { org: LEAD });
    const who = somebody();
    const number = residentId(who);
    const { patient } = await must(office, 'POST', '/api/patients', {
      body: { name: who.name, identifiers: [{ kind: 'resident-id', value: number }] },
    });
    await office.goto(`${url}/record/patients/${patient.id}?tab=sources`);
    await office.getByRole('button', { name: '录入来源登记' }).click();
    await office.getByLabel('系统', { exact: true }).fill('HIS');
    await office.getByLabel('该系统中的编号').fill(`H${Date.now()}`);
    await office.getByLabel('姓名', { exact: true }).fill(who.name);
    await office.getByRole('textbox', { name: '证件号' }).fill(number);
    await office.getByText('该机构已读取或核对过身份证').click();
    await office.getByRole('button', { name: '提交' }).click();
    const outcome = office.getByRole('status').filter({ hasText: '已归入档案' });
    await outcome.waitFor();
    await shot(office, 'journey-source');
    await outcome.getByRole('link', { name: '打开档案' }).click();
    await office.waitForURL(new RegExp(patient.id));
    await office.getByRole('tab', { name: '来源登记' }).click();
    await office.getByText('HIS').first().waitFor();
    await office.done();
  } finally {
    await browser.close();
  }
});

const iso = (birth) => `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}`;
