// A hospital's system that is sent HL7 v2: set up and tried, told of a patient, refusing one message
// that somebody sends again, and not there for another that somebody skips.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { choose, dialog, listOf, must } from '../screen.mjs';

const url = serverUrl();
/** Another system each time, so that the journey can run again. */
const APPLICATION = `HIS${Date.now() % 1_000_000}`;
const START = '\x0b';
const END = '\x1c\r';

/** A system that listens: keeps what comes, and answers as it is told to, AA otherwise. */
async function station() {
  const came = [];
  const answers = [];
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (part) => {
      text += part;
      for (let end = text.indexOf(END); end >= 0; end = text.indexOf(END)) {
        const message = text.slice(text.indexOf(START) + 1, end);
        text = text.slice(end + END.length);
        came.push(message);
        const number = message.split('\r')[0].split('|')[9];
        const said = answers.shift() ?? 'AA';
        const [code, ...rest] = said.split('|');
        const msa = ['MSA', code, number, ...rest].join('|');
        const header = `MSH|^~\\&|${APPLICATION}|H1|LIANTI||20261123080000||ACK|${came.length}|P|2.5.1`;
        socket.write(`${START}${header}\r${msa}\r${END}`);
      }
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { came, answers, server, sockets, port: server.address().port };
}

/** A message that came after the first `seen`, once it is there. */
async function next(system, seen) {
  for (let at = 0; at < 200 && system.came.length <= seen; at += 1) {
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.ok(system.came.length > seen, 'no message came');
  return system.came[seen];
}

test('a receiver is set up, tried, told, and what it refuses is sent again or skipped', async () => {
  const browser = await launch();
  const system = await station();
  try {
    const page = await signedIn(browser, url, 'system-admin');
    const { org, receiver } = await setUp(page, system.port);
    await tried(page, system);
    await told(browser, page, system, { org, receiver });
    await refused(browser, page, system, { org, receiver });
    await onPhone(browser, receiver);
    // Nothing more is sent to a journey that is over.
    const shown = await must(page, 'GET', `/api/hl7/receivers/${receiver}`);
    const { id: _id, created_at: _at, ...input } = shown;
    const version = (await page.context().request.get(`${url}/api/hl7/receivers/${receiver}`)).headers().etag;
    await must(page, 'PUT', `/api/hl7/receivers/${receiver}`, {
      body: { ...input, state: 'stopped' },
      version: version.replaceAll('"', ''),
    });
    await page.done();
  } finally {
    await browser.close();
    system.server.close();
  }
});

async function setUp(page, port) {
  const { assignment } = await must(page, 'GET', '/api/session');
  const org = await must(page, 'GET', `/api/organizations/${assignment.org_id}`);
  await page.goto(`${url}/hl7v2/receivers/new`);
  await page.getByLabel('名称', { exact: true }).fill(`医院系统 ${APPLICATION}`);
  await choose(page, listOf(page, '所属机构'), { type: org.code, option: org.code });
  await page.getByLabel('主机').fill('127.0.0.1:99');
  await page.getByLabel('端口').fill(String(port));
  await page.getByLabel('接收应用 MSH-5').fill(APPLICATION);
  await page.getByLabel('也发送本机构在平台上录入的内容').check();
  const create = page.getByRole('button', { name: '登记' });
  await create.click();
  // What is wrong is said at its field.
  await page.locator('.ant-form-item-explain-error').first().waitFor();
  await accessible(page, 'hl7v2 receiver form');
  await page.getByLabel('主机').fill('127.0.0.1');
  await create.click();
  await page.waitForURL(/\/hl7v2\/receivers\/[0-9a-f-]{36}$/);
  await page.getByText('发送中').waitFor();
  return { org, receiver: page.url().split('/').at(-1) };
}

async function tried(page, system) {
  const seen = system.came.length;
  await page.getByRole('button', { name: '发送测试消息' }).click();
  const message = await next(system, seen);
  assert.match(message, /\|T\|2\.5\.1/);
  await page.getByText('对方已确认').waitFor();
  await page.getByText('MSA|AA|').waitFor();
  await accessible(page, 'hl7v2 receiver');
  await shot(page, 'journey-hl7v2-out-trial');
}

/** Registers somebody at the organization of the receiver. */
async function register(browser, org, name) {
  const doctor = await signedIn(browser, url, 'attending-doctor', { org: org.name });
  const day = 10 + Math.floor(Math.random() * 18);
  const made = await must(doctor, 'POST', '/api/patients', {
    body: {
      name,
      sex: 'female',
      birth_date: `19${50 + Math.floor(Math.random() * 40)}-03-${day}`,
      phone: `139${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`,
    },
  });
  await doctor.done();
  return made.patient.id;
}

async function told(browser, page, system, { org, receiver }) {
  const seen = system.came.length;
  await register(browser, org, `外发甲${APPLICATION.slice(-4)}`);
  const message = await next(system, seen);
  assert.match(message, /ADT\^A28/);
  assert.match(message, /外发甲/);
  await page.goto(`${url}/hl7v2/outbound?receiver_id=${receiver}`);
  const row = page.locator('tbody tr', { hasText: 'ADT^A28' });
  await row.getByText('对方已确认').first().waitFor();
  await accessible(page, 'hl7v2 outbound');
  await shot(page, 'journey-hl7v2-out-list');
}

async function refused(browser, page, system, { org, receiver }) {
  system.answers.push('AE|no such ward');
  let seen = system.came.length;
  await register(browser, org, `外发乙${APPLICATION.slice(-4)}`);
  const first = await next(system, seen);
  await page.goto(`${url}/hl7v2/outbound?receiver_id=${receiver}&state=dead`);
  await page.locator('tbody tr', { hasText: '发送失败' }).first().getByText('ADT^A28').click();
  await page.getByText('对方拒绝').first().waitFor();
  await page.getByText('AE: no such ward').first().waitFor();
  await accessible(page, 'hl7v2 outbound message');
  await shot(page, 'journey-hl7v2-out-message');
  // The same number again, and this time it is taken.
  seen = system.came.length;
  await page.getByRole('button', { name: '重新发送' }).click();
  const box = dialog(page);
  await box.getByRole('textbox').fill('对方已补建病区');
  await box.getByRole('button', { name: '重新发送' }).click();
  await box.waitFor({ state: 'hidden' });
  const again = await next(system, seen);
  const number = (message) => message.split('\r')[0].split('|')[9];
  assert.equal(number(again), number(first));
  await page.getByText('对方已补建病区').waitFor();
  await page.getByText('对方已确认').first().waitFor();
  // Nobody is there: it waits, and somebody skips it.
  for (const socket of system.sockets) socket.destroy();
  await new Promise((done) => system.server.close(done));
  await register(browser, org, `外发丙${APPLICATION.slice(-4)}`);
  await page.goto(`${url}/hl7v2/outbound?receiver_id=${receiver}&state=waiting`);
  const waiting = page.locator('tbody tr', { hasText: 'ADT^A28' });
  await waiting.filter({ hasText: '连接不上' }).getByText('ADT^A28').click();
  await page.getByRole('button', { name: '跳过' }).click();
  const skip = dialog(page);
  await skip.getByRole('textbox').fill('对方系统下线');
  await skip.getByRole('button', { name: '跳过' }).click();
  await skip.waitFor({ state: 'hidden' });
  await page.getByText('已跳过').first().waitFor();
}

/** The same list and message on a phone. */
async function onPhone(browser, receiver) {
  const phone = await signedIn(browser, url, 'system-admin', { size: sizes.phone });
  await phone.goto(`${url}/hl7v2/outbound?receiver_id=${receiver}`);
  await phone.getByText('已跳过').first().waitFor();
  await accessible(phone, 'hl7v2 outbound on a phone');
  const wide = await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
  assert.equal(wide, false, 'the list is wider than a phone');
  await shot(phone, 'journey-hl7v2-out-phone');
  await phone.done();
}
