// An app of somebody else's, served by this journey: a doctor agrees in the browser and picks the patient;
// the page of another origin reads that patient's record by its token, and no other; the patient's
// log names it. Then from the record's own menu, and switched off by an administrator.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { accessible, launch, serverUrl, shot, signedIn, sizes } from '../browser.mjs';
import { dialog, must, register } from '../screen.mjs';

const url = serverUrl();
const SCOPE = 'launch/patient openid patient/*.rs offline_access';

/** The app: it asks by PKCE, exchanges the code in the browser, and shows what it reads. */
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>app</title><body>
<h1>Readings</h1><pre id="out"></pre><script type="module">
const out = document.getElementById('out');
const here = location.origin + '/';
const query = new URLSearchParams(location.search);
const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+','-').replaceAll('/','_').replaceAll('=','');
async function ask() {
  const iss = query.get('iss') ?? sessionStorage.iss;
  const found = await (await fetch(iss + '/.well-known/smart-configuration')).json();
  const verifier = encode(crypto.getRandomValues(new Uint8Array(48)));
  const state = crypto.randomUUID();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  Object.assign(sessionStorage, { iss, verifier, state, client: query.get('client'), token: found.token_endpoint });
  const asked = new URLSearchParams({ response_type: 'code', client_id: query.get('client'), redirect_uri: here,
    scope: query.get('scope'), state, aud: iss, code_challenge: encode(digest), code_challenge_method: 'S256' });
  if (query.get('launch')) asked.set('launch', query.get('launch'));
  location.assign(found.authorization_endpoint + '?' + asked);
}
async function answered() {
  if (query.get('state') !== sessionStorage.state) throw new Error('another state');
  if (query.get('error')) throw new Error(query.get('error'));
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: query.get('code'), redirect_uri: here,
    client_id: sessionStorage.client, code_verifier: sessionStorage.verifier });
  const token = await (await fetch(sessionStorage.token, { method: 'POST', body })).json();
  const headers = { authorization: 'Bearer ' + token.access_token };
  const get = async (path) => (await fetch(sessionStorage.iss + path, { headers }));
  const patients = (await (await get('/Patient')).json()).entry.map((one) => one.resource.name[0].text);
  const refused = (await get('/Organization')).status;
  out.textContent = JSON.stringify({ patient: token.patient, patients, organizations: refused, token: token.access_token });
}
try { await (query.has('state') ? answered() : ask()); } catch (error) { out.textContent = 'failed: ' + error.message; }
</script></body></html>`;

/** Serves the app; answers its address. */
async function serveApp() {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(PAGE);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Lists to choose from take a moment to go. */
const closed = (page) =>
  page.waitForFunction(() => [...document.querySelectorAll('.ant-select-dropdown')].every((one) => !one.checkVisibility()));

/** An administrator registers the app on its screen. */
async function registerApp(browser, origin) {
  const page = await signedIn(browser, url, 'security-admin');
  await page.goto(`${url}/smart/apps/new`);
  await page.getByLabel('名称').fill('血压趋势');
  await page.getByLabel('用途').fill('把居民的血压画成曲线。');
  const org = page.getByLabel('负责机构');
  await org.fill('云岭联合');
  await page.locator('.ant-select-item-option').first().click();
  const redirect = page.getByLabel('回调地址');
  await redirect.fill(`${origin}/`);
  await redirect.press('Enter');
  await page.getByLabel('从档案页打开的地址').fill(`${origin}/?client=later&scope=${encodeURIComponent('launch openid patient/*.rs')}`);
  const scopes = page.getByLabel('可申请的权限范围');
  for (const one of ['launch', 'offline_access']) {
    await scopes.fill(one);
    await scopes.press('Enter');
  }
  await page.keyboard.press('Escape');
  await page.getByLabel('所有成员机构的人员都可使用').check();
  await closed(page);
  await accessible(page, 'the form of an app');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.waitForURL(/smart\/apps\/[0-9a-f-]{36}$/);
  const id = page.url().split('/').at(-1);
  // The launch address carries the client_id, which is known only now.
  const known = await must(page, 'GET', `/api/smart/apps/${id}`);
  const { created_at, used_at, grants, id: _, account_id, assignment_id, ...input } = known;
  input.launch_url = input.launch_url.replace('client=later', `client=${id}`);
  await must(page, 'PUT', `/api/smart/apps/${id}`, { body: input, version: 1 });
  await page.reload();
  await page.getByRole('heading', { name: '血压趋势' }).waitFor();
  await accessible(page, 'an app');
  await shot(page, 'smart-app');
  return { page, id };
}

const shown = async (page) => {
  await page.waitForFunction(() => document.getElementById('out')?.textContent.length > 0);
  return JSON.parse(await page.locator('#out').textContent());
};

test('an app reads what somebody agreed to, and nothing else', async () => {
  const browser = await launch();
  const app = await serveApp();
  try {
    const { page: admin, id } = await registerApp(browser, app.origin);
    const page = await signedIn(browser, url, 'attending-doctor');
    const own = await register(page, { name: '苏应用', birth: '19580316' });
    await register(page, { name: '沈应用', birth: '19610904' });
    await page.goto(`${app.origin}/?iss=${encodeURIComponent(`${url}/fhir`)}&client=${id}&scope=${encodeURIComponent(SCOPE)}`);
    await page.getByRole('heading', { name: '“血压趋势”请求访问健康档案' }).waitFor();
    await page.getByText('这位居民的全部健康档案：查看、检索').waitFor();
    assert.ok(await page.getByRole('button', { name: '同意', exact: true }).isDisabled());
    await page.getByLabel('为哪位居民打开').fill('苏应用');
    await page.locator('.ant-select-item-option', { hasText: '苏应用' }).first().click();
    await closed(page);
    await accessible(page, 'the consent');
    await shot(page, 'smart-consent');
    await page.getByRole('button', { name: '同意', exact: true }).click();
    const first = await shown(page);
    assert.equal(first.patient, own.id);
    assert.deepEqual(first.patients, ['苏应用']);
    const api = await page.request.get(`${url}/api/session`, { headers: { authorization: `Bearer ${first.token}` } });
    assert.equal(api.status(), 403);

    // From the record's own menu, in the other language, on a phone.
    await page.setViewportSize(sizes.phone);
    await page.goto(`${url}/record/patients/${own.id}`);
    await page.getByRole('button', { name: '应用', exact: true }).click();
    await page.getByRole('menuitem', { name: '血压趋势' }).click();
    await page.getByText('居民：苏应用').waitFor();
    await accessible(page, 'the consent on a phone');
    await shot(page, 'smart-consent-phone');
    await page.getByRole('button', { name: '不同意' }).click();
    await page.waitForFunction(() => document.getElementById('out')?.textContent.includes('access_denied'));

    // The administrator takes back what was granted; the token is worth nothing.
    await admin.reload();
    await admin.getByRole('button', { name: '收回全部授权' }).click();
    await dialog(admin, '收回它的全部授权？').getByRole('button', { name: '收回全部授权' }).click();
    await admin.getByText('已收回 1 项授权').waitFor();
    const gone = await page.request.get(`${url}/fhir/Patient`, { headers: { authorization: `Bearer ${first.token}` } });
    assert.equal(gone.status(), 401);
    await admin.done();
    await page.done();
  } finally {
    app.stop();
    await browser.close();
  }
});
