// A hospital's system that sends HL7 v2: set up, a message tried before the first one comes, its
// codes mapped. Where the server listens (LIANTI_HL7_LISTEN), a wrong message lies in the error
// queue with its fault at the place, is mended and replayed.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn } from '../browser.mjs';
import { choose, listOf, must } from '../screen.mjs';

const url = serverUrl();
const listen = process.env.LIANTI_HL7_LISTEN;
/** Another system each time, so that the journey can run again. */
const APPLICATION = `LIS${Date.now() % 1_000_000}`;
const WRONG_DAY = '20260230';
const RIGHT_DAY = '20261101';
const START = '\x0b';
const END = '\x1c\r';

const stamp = () => new Date(Date.now() + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);
const segments = (day, number = 'J1') => [
  `MSH|^~\\&|${APPLICATION}|H1|LIANTI||${stamp()}+0800||ADT^A04|${number}|P|2.4|||||||UNICODE UTF-8`,
  `EVN||${day}`,
  `PID|1||P${APPLICATION}^^^H1^PI||测试甲||19900203|M`,
  `PV1|1|O|||||||||||||||||V${APPLICATION}`,
];

test('a sender, its mapping, and a message that is mended', async () => {
  const browser = await launch();
  try {
    const page = await signedIn(browser, url, 'system-admin');
    await setUp(page);
    await tried(page);
    await mapped(page);
    if (listen) await mended(page);
    await page.done();
  } finally {
    await browser.close();
  }
});

async function setUp(page) {
  const { assignment } = await must(page, 'GET', '/api/session');
  const org = await must(page, 'GET', `/api/organizations/${assignment.org_id}`);
  await page.goto(`${url}/hl7v2/senders/new`);
  await page.getByLabel('名称', { exact: true }).fill(`检验系统 ${APPLICATION}`);
  await choose(page, listOf(page, '所属机构'), { type: org.code, option: org.code });
  await page.getByLabel('发送应用 MSH-3').fill(APPLICATION);
  await page.getByLabel('发送机构 MSH-4').fill('H1');
  await page.getByRole('button', { name: '登记' }).click();
  await page.waitForURL(/\/hl7v2\/senders\/[0-9a-f-]{36}$/);
  await page.getByText('接收中').waitFor();
}

async function tried(page) {
  const text = page.getByLabel('消息文本');
  const run = page.getByRole('button', { name: '试解析' });
  await text.fill(segments(WRONG_DAY).join('\n'));
  await run.click();
  await page.getByText('位置：EVN-2').waitFor();
  assert.equal(await page.locator('mark').first().textContent(), WRONG_DAY);
  await shot(page, 'journey-hl7v2-try');
  await text.fill(segments(RIGHT_DAY).join('\n'));
  await run.click();
  await page.getByText('已保存就诊').waitFor();
}

async function mapped(page) {
  await page.getByRole('button', { name: '更改映射' }).click();
  await page.getByRole('button', { name: '添加一行 检验检查项目' }).click();
  for (const [name, value] of [['对方代码', 'WBC'], ['代码', '6690-2'], ['名称', '白细胞']]) {
    await page.getByLabel(`检验检查项目 ${name}`, { exact: true }).fill(value);
  }
  await page.getByLabel('更改原因').fill('检验科的项目代码');
  // A button that was just enabled changes its colour in steps.
  await page.waitForTimeout(1_000);
  await accessible(page, 'hl7v2 mapping');
  await page.getByRole('button', { name: '保存为新版本' }).click();
  await page.getByRole('cell', { name: '第 2 版 使用中' }).waitFor();
  await page.getByText('检验检查项目 · WBC').waitFor();
}

async function mended(page) {
  const answer = await send(`${segments(WRONG_DAY, 'J2').join('\r')}\r`);
  assert.match(answer, /MSA\|AE\|J2/);
  await page.getByRole('button', { name: '查看消息' }).click();
  await page.locator('tbody tr', { hasText: '未通过' }).getByText('J2').click();
  await page.getByRole('rowheader', { name: 'EVN-2' }).waitFor();
  await accessible(page, 'hl7v2 message');
  await shot(page, 'journey-hl7v2-message');
  const text = page.getByLabel('消息文本（每段一行）');
  await text.fill((await text.inputValue()).replace(WRONG_DAY, RIGHT_DAY));
  await page.getByLabel('原因', { exact: true }).fill('与检验科核对后更正就诊日期');
  await page.getByRole('button', { name: '按修改后的文本重放' }).click();
  await page.getByText('已执行').first().waitFor();
  await page.getByText('修改后重放').waitFor();
}

/** One message over MLLP, and the answer to it. */
function send(message) {
  const [host, port] = listen.split(':');
  return new Promise((done, fail) => {
    const socket = connect(Number(port), host, () => socket.write(START + message + END));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      text += part;
      if (text.endsWith(END)) socket.end();
    });
    socket.on('close', () => done(text));
    socket.on('error', fail);
  });
}
