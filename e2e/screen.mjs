// How people work the screens: pick from lists, fill forms, act on a case; and the same by API
// where a journey only needs something to be there.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export const DIALOG = '.ant-modal-wrap:visible';

/** The dialog in front. */
export const dialog = (page) => page.getByRole('dialog').filter({ visible: true }).last();

/** Picks from a list: types what is known of it, takes the option that contains `option`. */
export async function choose(page, field, { type, option }) {
  await field.click();
  if (type !== undefined) await field.fill(type);
  const options = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option');
  const wanted = option === undefined ? options.first() : options.filter({ hasText: option }).first();
  await wanted.click();
}

/** The list behind a label of a form. */
export const listOf = (within, label) => within.locator('.ant-form-item', { hasText: label }).getByRole('combobox').first();

/** Opens an action of a case, fills its dialog and sends it. */
export async function act(page, name, fill) {
  await page.getByRole('complementary', { name: '下一步' }).getByRole('button', { name, exact: true }).click();
  const box = dialog(page);
  if (fill) await fill(box);
  await box.getByRole('button', { name, exact: true }).click();
  await box.waitFor({ state: 'hidden' });
}

/** A call as the person signed in on `page`, outside the screens. */
export async function call(page, method, path, { body, version, headers = {} } = {}) {
  const token = (await page.context().cookies()).find((one) => one.name === 'lianti_csrf')?.value;
  const url = new URL(path, page.url()).href;
  const answer = await page.context().request.fetch(url, {
    method,
    data: body,
    headers: {
      ...(method === 'GET' ? {} : { 'X-CSRF-Token': token ?? '', 'Idempotency-Key': randomUUID() }),
      ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
      'Accept-Language': 'zh-CN',
      ...headers,
    },
  });
  const text = await answer.text();
  return { status: answer.status(), body: text === '' ? undefined : JSON.parse(text) };
}

/** As `call`, where only success is expected. */
export async function must(page, method, path, options) {
  const answer = await call(page, method, path, options);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const REGION = '990101';
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';
let serial = Math.floor(Math.random() * 400);

/** An invented resident's number: a region that does not exist, a valid check character. */
export function residentId({ birth = '19580316', male = true } = {}) {
  serial = (serial + 1) % 490;
  const order = String(serial * 2 + (male ? 1 : 0) + 10).padStart(3, '0').slice(-3);
  const head = `${REGION}${birth}${order}`;
  const sum = [...head].reduce((total, digit, at) => total + Number(digit) * WEIGHTS[at], 0);
  return head + CHECKS[sum % 11];
}

const SURNAMES = [['江', 'j'], ['沈', 's'], ['阮', 'r'], ['白', 'b'], ['顾', 'g'], ['陆', 'l'], ['祝', 'z'], ['纪', 'j'], ['殷', 'y']];
const GIVEN = [['望', 'w'], ['砚', 'y'], ['知', 'z'], ['若', 'r'], ['南', 'n'], ['听', 't'], ['余', 'y'], ['云', 'y'], ['书', 's'], ['秋', 'q'], ['川', 'c'], ['枝', 'z'], ['澜', 'l'], ['安', 'a'], ['舒', 's'], ['棠', 't'], ['晚', 'w'], ['宁', 'n']];
const any = (list) => list[Math.floor(Math.random() * list.length)];

/** Somebody invented, other than anybody before: name, its initials, birth date. */
export function somebody() {
  const parts = [any(SURNAMES), any(GIVEN), any(GIVEN)];
  const two = (value) => String(value).padStart(2, '0');
  const birth = `${1945 + Math.floor(Math.random() * 40)}${two(1 + Math.floor(Math.random() * 12))}${two(1 + Math.floor(Math.random() * 28))}`;
  return { name: parts.map(([word]) => word).join(''), initials: parts.map(([, letter]) => letter).join(''), birth };
}

/** A patient registered just now by the doctor on `page`. */
export async function register(page, { name, birth } = somebody(), { male = true } = {}) {
  const identity = { birth, male };
  const record = await must(page, 'POST', '/api/patients', {
    body: { name, identifiers: [{ kind: 'resident-id', value: residentId(identity) }] },
  });
  return record.patient;
}

export async function organization(page, name) {
  const found = await must(page, 'GET', `/api/organizations?limit=50&q=${encodeURIComponent(name)}`);
  const one = found.items.find((org) => org.name.includes(name));
  assert.ok(one, `no organization ${name}`);
  return one;
}

/** A department of a hospital by part of its name. */
export async function department(page, org_id, name) {
  const answer = await must(page, 'GET', `/api/departments?org_id=${org_id}&limit=100`);
  const rows = Array.isArray(answer) ? answer : answer.items;
  const one = rows.find((row) => row.name.includes(name));
  assert.ok(one, `no department ${name}`);
  return one;
}

/** A referral sent by API, for journeys about what comes after. */
export async function refer(page, { patient, to, kind = 'up', department_id, service = 'outpatient', code = 'I10', content = {} }) {
  const draft = await must(page, 'POST', '/api/referrals', {
    body: {
      kind,
      patient_id: patient.id,
      to_org_id: to.id,
      to_department_id: department_id ?? null,
      content: {
        reason_code: 'uncontrolled-chronic',
        diagnoses: [{ code, display: '高血压' }],
        condition: '近两周血压控制不佳，伴头晕。',
        service,
        priority: kind === 'emergency' ? 'emergency' : 'urgent',
        no_known_allergies: true,
        vital_signs: { systolic_mmhg: 176, diastolic_mmhg: 102, pulse_bpm: 84 },
        consent: { given_by: 'patient', form: 'spoken', at: new Date().toISOString() },
        ...content,
      },
    },
  });
  return must(page, 'POST', `/api/referrals/${draft.id}/submit`, {
    version: draft.version,
    body: { override_reason: '患者家属要求，当地无此专科。' },
  });
}
