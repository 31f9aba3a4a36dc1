// What used to come only by roster, made by hand: a department, a bond with its paper, a ward's next
// bed, a device with its week, a patient's new telephone while a colleague changes the record too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { choose, dialog, must, organization, register, somebody } from '../screen.mjs';

const url = serverUrl();
const LEAD = '云岭联合医院';
const TOWN = '青禾镇中心卫生院';
/** Other codes each time, so that a second run makes something new as well. */
const CODE = String(Date.now() % 1_000_000).padStart(6, '0');
const field = (within, label) => within.getByLabel(label, { exact: true });
/** The icon of a refused save may still be leaving: the button's name then begins with it. */
const save = (within) => within.getByRole('button', { name: /保存$/ }).click();
/** What stands below a field that was refused. */
const fault = (within, label) =>
  within
    .locator('.ant-form-item', { has: (within.page?.() ?? within).getByLabel(label, { exact: true }) })
    .last()
    .locator('.ant-form-item-explain-error');

test('a department, refused at its field until it is right', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'director');
    const lead = await organization(page, LEAD);
    await page.goto(`${url}/network/organizations/${lead.id}?tab=departments`);
    await page.getByRole('button', { name: '新增科室' }).click();
    const box = dialog(page);
    await save(box);
    await fault(box, '名称').getByText('必填').waitFor();
    await field(box, '名称').fill(`康复门诊${CODE}`);
    await field(box, '编码').fill('CARDIOLOGY');
    await choose(page, field(box, '类别'), { option: '临床' });
    await save(box);
    await fault(box, '编码').getByText(/编码/).waitFor();
    await accessible(page, 'form of a department');
    await shot(page, 'journey-forms-department');
    await field(box, '编码').fill(`KF${CODE}`);
    await save(box);
    await box.waitFor({ state: 'hidden' });
    const row = page.getByRole('row', { name: `康复门诊${CODE}` });
    await row.waitFor();

    await row.getByRole('button', { name: `更改 康复门诊${CODE}` }).click();
    const { id } = await mine(page, lead.id);
    const seen = await must(page, 'GET', `/api/departments/${id}`);
    await must(page, 'PUT', `/api/departments/${id}`, {
      version: 1,
      body: { org_id: lead.id, code: seen.code, name: seen.name, kind: seen.kind, location: '三楼' },
    });
    await field(dialog(page), '电话').fill('0990-1234567');
    await save(dialog(page));
    await dialog(page).getByText('内容已被他人更新').waitFor();
    await dialog(page).getByText('位置：已带入对方的“三楼”').waitFor();
    await save(dialog(page));
    await page.getByRole('row', { name: `康复门诊${CODE}` }).getByText('0990-1234567').waitFor();
    const both = await must(page, 'GET', `/api/departments/${id}`);
    assert.deepEqual([both.phone, both.location], ['0990-1234567', '三楼']);
    await page.done();
  } finally {
    await browser.close();
  }
});

test('a bond with the paper that proves it', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'director');
    const lead = await organization(page, LEAD);
    await page.goto(`${url}/network/bonds/new?from=${lead.id}`);
    await choose(page, field(page, '纽带类型'), { type: '委托', option: '委托管理' });
    await choose(page, field(page, '接受方'), { type: TOWN, option: '青禾' });
    await field(page, '标题').fill(`托管协议${CODE}`);
    await field(page, '开始日期').fill('2026-11-01');
    await field(page, '开始日期').press('Enter');
    await save(page);
    await page.locator('.ant-form-item', { hasText: '证明文件' }).locator('.ant-form-item-explain-error').waitFor();
    await page.locator('input[type=file]').setInputFiles({
      name: `agreement-${CODE}.pdf`,
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
    });
    await page.getByText(`agreement-${CODE}.pdf`).waitFor();
    await shot(page, 'journey-forms-bond');
    await save(page);
    await page.waitForURL(/tab=bonds/);
    const bonds = await must(page, 'GET', `/api/bonds?org_id=${lead.id}&limit=200`);
    const made = bonds.items.find((bond) => bond.title === `托管协议${CODE}`);
    assert.equal(made?.evidence[0]?.name, `agreement-${CODE}.pdf`);
    await page.done();
  } finally {
    await browser.close();
  }
});

test('a bed and a device', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'bed-manager');
    await page.goto(`${url}/resources/beds`);
    await page.getByRole('button', { name: '新增床位 心血管内科病区' }).click();
    await field(dialog(page), '床号').fill('01');
    await save(dialog(page));
    await fault(dialog(page), '床号').waitFor();
    await field(dialog(page), '床号').fill(`J${CODE}`);
    await save(dialog(page));
    await page.getByRole('list', { name: '心血管内科病区' }).getByText(`J${CODE}`).waitFor();
    await page.done();

    const desk = await signedIn(browser, url, 'technician');
    await desk.goto(`${url}/resources/equipment`);
    await desk.getByRole('button', { name: '新增设备' }).click();
    const form = dialog(desk);
    await field(form, '设备名称').fill(`便携超声${CODE}`);
    await field(form, '设备类型').fill('US');
    await field(form, '编码').fill(`P${CODE}`);
    await field(form, '结束时间').fill('07:00');
    await form.getByRole('button', { name: '增加项目' }).click();
    await choose(desk, field(form, '检查项目'), { type: 'fb', option: '腹部' });
    await save(form);
    await form.getByText('结束须晚于开始').waitFor();
    await field(form, '结束时间').fill('16:30');
    await shot(desk, 'journey-forms-device');
    await save(form);
    await form.waitFor({ state: 'hidden' });
    await desk.getByRole('button', { name: new RegExp(`便携超声${CODE}`) }).waitFor();
    await desk.done();
  } finally {
    await browser.close();
  }
});

test("a patient's new telephone, while a colleague changes the record", async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'general-practitioner', { org: TOWN });
    const patient = await register(page, somebody());
    const path = `/api/patients/${patient.id}`;
    await must(page, 'PATCH', path, { version: 1, body: { phone: '13900000012' } });
    await page.goto(`${url}/record/patients/${patient.id}`);
    await page.locator('section', { hasText: '身份与联系' }).last().getByRole('button', { name: '更改' }).click();
    await page.waitForURL(/\/edit$/);
    await field(page, '电话').fill('12');
    await save(page);
    await fault(page, '电话').getByText('电话号码应为').waitFor();
    await field(page, '电话').fill('13800000012');
    await must(page, 'PATCH', path, { version: 2, body: { village: '青垄村', phone: '13700000001' } });
    await page.getByText('内容已被他人更新').waitFor();
    await page.getByText('村、社区：已带入对方的“青垄村”').waitFor();
    await page.getByText('电话：对方改为“137****0001”').waitFor();
    await shot(page, 'journey-forms-patient');
    await save(page);
    await page.getByText('138****0012').waitFor();
    const after = await must(page, 'GET', path);
    assert.deepEqual([after.patient.village, after.patient.phone], ['青垄村', '138****0012']);

    await page.goto(`${url}/record/patients/${patient.id}/edit`);
    await page.getByRole('button', { name: '添加证件' }).click();
    const box = dialog(page);
    await field(box, '证件号').fill('1');
    await save(box);
    await fault(box, '证件号').getByText('证件号码的长度或字符不正确').waitFor();
    await choose(page, field(box, '证件类型'), { option: '护照' });
    await field(box, '证件号').fill(`E${CODE}00`);
    await save(box);
    await box.waitFor({ state: 'hidden' });
    await page.getByRole('listitem').filter({ hasText: '护照' }).waitFor();
    await page.done();
  } finally {
    await browser.close();
  }
});

/** The department of this run. */
async function mine(page, org_id) {
  const found = await must(page, 'GET', `/api/departments?org_id=${org_id}&limit=200`);
  return found.items.find((one) => one.code === `KF${CODE}`);
}
