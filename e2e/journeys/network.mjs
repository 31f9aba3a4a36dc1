// The network: tree, ties as a picture and as rows, one member, and the six that nobody changes
// without a government decision.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { choose, listOf, must, organization } from '../screen.mjs';

const url = serverUrl();
const TOWN = '青禾镇中心卫生院';

test('who belongs to whom, and what does not change', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'director');
    await page.goto(`${url}/network`);
    const tree = page.getByRole('list', { name: '机构' });
    await tree.getByRole('link').filter({ hasText: '青垄村' }).waitFor();
    assert.ok((await tree.getByRole('listitem').count()) > 28, 'the whole consortium');
    await page.getByPlaceholder('名称、拼音或编码').fill('liuting');
    await page.getByPlaceholder('名称、拼音或编码').press('Enter');
    await tree.getByRole('link').filter({ hasText: '青垄村' }).waitFor({ state: 'hidden' });
    await tree.getByRole('link').filter({ hasText: '柳汀' }).first().waitFor();

    await page.goto(`${url}/network/graph`);
    await page.locator('canvas, svg[role=img], .lt-chart svg').first().waitFor();
    await page.getByText('谁与谁相连？').waitFor();
    await shot(page, 'journey-graph');

    const town = await organization(page, TOWN);
    await page.goto(`${url}/network/organizations/${town.id}`);
    await page.getByRole('heading', { name: TOWN }).waitFor();
    await page.getByText('六个不变').first().waitFor();
    await page.getByRole('tab', { name: '科室' }).or(page.getByRole('link', { name: '科室' })).first().click();
    await page.getByText('全科').first().waitFor();

    await page.goto(`${url}/network/organizations/${town.id}/edit`);
    await choose(page, listOf(page, '资产归属'), { option: '个人办' });
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText(/不能更改：.*资产归属/).waitFor();
    await page.getByText('政府决定由卫健局登记。').waitFor();
    await shot(page, 'journey-six-unchanged');
    const after = await must(page, 'GET', `/api/organizations/${town.id}`);
    assert.equal(after.ownership, town.ownership, 'nothing was changed');
    await page.done();
  } finally {
    await browser.close();
  }
});
