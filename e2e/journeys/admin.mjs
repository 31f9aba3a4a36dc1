// Administration: who may do what, a rule's new version, an account from its one-time password to
// its first day, the audit's search and its proof.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { choose, listOf } from '../screen.mjs';

const url = serverUrl();

test('the matrix of roles, and an account with its first sign-in', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'security-admin');
    await page.goto(`${url}/admin/roles`);
    const matrix = page.getByRole('region', { name: '权限矩阵' });
    await matrix.getByRole('columnheader', { name: '村医' }).waitFor();
    assert.ok((await matrix.locator('tbody tr').count()) > 40);

    await page.goto(`${url}/admin/accounts/new`);
    const username = `reader.${Date.now()}`;
    await page.getByLabel('姓名', { exact: true }).fill('殷时雨');
    await page.getByLabel('用户名', { exact: true }).fill(username);
    await choose(page, listOf(page, '岗位'), { type: '转诊', option: '转诊办公室' });
    await choose(page, page.locator('.ant-form-item').filter({ has: page.getByText('机构', { exact: true }) }).getByRole('combobox'), { type: '青禾镇', option: '青禾卫生院' });
    await page.getByRole('button', { name: '创建账号' }).click();
    await page.getByText('一次性密码，只显示这一次').waitFor();
    const once = (await page.locator('.admin-secret-text').innerText()).trim();
    await firstDay(browser, username, once);
    await page.done();
  } finally {
    await browser.close();
  }
});

/** Signs in with the one-time password: nothing works before it is changed. */
async function firstDay(browser, username, once) {
  const page = await browser.newPage({ viewport: sizes.desk, locale: 'zh-CN' });
  await page.goto(url);
  await page.getByRole('button', { name: '用用户名和密码登录' }).click();
  await page.getByLabel('用户名').fill(username);
  await page.getByLabel('密码', { exact: true }).fill('not-the-password-1A');
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('密码', { exact: true }).fill(once);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByText('请先修改密码').waitFor();
  await page.goto(`${url}/referral`);
  await page.waitForURL(/\/account$/);
  const next = 'Qing-he 7 mountains 41';
  await page.getByLabel('当前密码').fill(once);
  await page.getByLabel('新密码', { exact: true }).fill(next);
  await page.getByLabel('再输一次新密码').fill(next);
  await page.getByRole('button', { name: '修改密码' }).click();
  await page.getByText('密码已修改').waitFor();
  await page.getByRole('link', { name: '转诊', exact: true }).first().click();
  await page.getByRole('heading', { name: '转诊' }).first().waitFor();
  await page.close();
}

test('a rule gets a version, and the audit knows', async () => {
  const browser = await launch();
  try {
    const system = await signedIn(browser, url, 'system-admin');
    await system.goto(`${url}/admin/rules/referral.follow-up/new`);
    const values = system.getByLabel('规则内容');
    const text = await values.inputValue();
    const days = Number(text.match(/"grace_days": (\d+)/)[1]) + 1;
    await values.fill(text.replace(/"grace_days": \d+/, `"grace_days": ${days}`));
    await system.getByRole('button', { name: '检查内容' }).click();
    await system.getByText('内容有效，与最新版本有 1 处不同').waitFor();
    await system.getByLabel('依据').fill('联合体理事会 2026 年第 3 次会议决议');
    await system.getByRole('button', { name: '新增版本' }).click();
    await system.waitForURL(/\/admin\/rules\/referral\.follow-up$/);
    await system.getByText('联合体理事会 2026 年第 3 次会议决议').first().waitFor();
    await shot(system, 'journey-rule');

    const audit = await signedIn(browser, url, 'audit-admin');
    await audit.goto(`${url}/admin/audit?event=rule-set.changed`);
    await audit.locator('tbody tr.ant-table-row').first().waitFor();
    await audit.goto(`${url}/admin/audit/chain`);
    await audit.getByRole('button', { name: '开始验证' }).click();
    await audit.getByText('审计链完整').waitFor({ timeout: 60_000 });
    await shot(audit, 'journey-chain');
    await system.done();
    await audit.done();
  } finally {
    await browser.close();
  }
});
