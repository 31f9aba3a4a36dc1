// fhir-kit-client: every interaction of R4 with its own calls.
import assert from 'node:assert/strict';
import { Client } from 'fhir-kit-client';
import { check, isOutcome, pulse, refusal, register, run, system, world } from './checks.mjs';

const client = new Client({ baseUrl: `${world.url}/fhir`, bearerToken: world.token });
const patient = await register('菊测试');
const resourceType = 'Observation';
const numbered = (number) => `${system(patient)}|${number}`;
const create = (number, options) => client.create({ resourceType, body: pulse(patient, number), options });
const find = (searchParams) => client.search({ resourceType, searchParams });
const count = async (number) => ((await find({ identifier: numbered(number) })).entry ?? []).length;
const response = (resource) => Client.httpFor(resource).response;
const status = (wanted) => (error) => error.response?.status === wanted;

check('the CapabilityStatement says what is there', async () => {
  const statement = await client.capabilityStatement();
  assert.equal(statement.fhirVersion, '4.0.1');
  const said = statement.rest[0].resource.find((one) => one.type === resourceType);
  const codes = said.interaction.map((one) => one.code);
  for (const code of ['read', 'vread', 'create', 'update', 'patch', 'delete', 'search-type', 'history-instance']) {
    assert.ok(codes.includes(code), `${code} is among ${codes}`);
  }
});

check('create answers 201 with Location, ETag and the resource', async () => {
  const created = await create('create');
  assert.equal(response(created).status, 201);
  assert.equal(response(created).headers.get('etag'), 'W/"1"');
  const location = `${world.url}/fhir/Observation/${created.id}/_history/1`;
  assert.equal(response(created).headers.get('location'), location);
  const { id, meta, ...rest } = created;
  assert.deepEqual(rest, pulse(patient, 'create'));
  assert.equal(meta.versionId, '1');
});

check('conditional create makes one, and answers 200 with it the second time', async () => {
  const options = { headers: { 'if-none-exist': `identifier=${numbered('once')}` } };
  const [first, second] = [await create('once', options), await create('once', options)];
  assert.deepEqual([response(first).status, response(second).status], [201, 200]);
  assert.equal(second.id, first.id);
  assert.equal(await count('once'), 1);
});

check('read, and vread of each version', async () => {
  const { id } = await create('versions');
  const changed = { ...(await client.read({ resourceType, id })), status: 'amended' };
  await client.update({ resourceType, id, body: changed });
  assert.equal((await client.read({ resourceType, id })).status, 'amended');
  assert.equal((await client.vread({ resourceType, id, version: '1' })).status, 'final');
  assert.equal((await client.vread({ resourceType, id, version: '2' })).status, 'amended');
  await refusal(() => client.vread({ resourceType, id, version: '3' }), status(404), '404');
});

check('update with If-Match of a version that is gone is refused with 412', async () => {
  const { id } = await create('if-match');
  const body = { ...pulse(patient, 'if-match', 80), id };
  const options = { headers: { 'if-match': 'W/"1"' } };
  await client.update({ resourceType, id, body, options });
  const error = await refusal(() => client.update({ resourceType, id, body, options }), status(412), '412');
  isOutcome(error.response.data);
  assert.equal((await client.read({ resourceType, id })).meta.versionId, '2');
});

check('conditional update creates, then changes the same', async () => {
  const searchParams = { identifier: numbered('upsert') };
  const first = await client.update({ resourceType, searchParams, body: pulse(patient, 'upsert') });
  const second = await client.update({ resourceType, searchParams, body: pulse(patient, 'upsert', 90) });
  assert.deepEqual([response(first).status, response(second).status], [201, 200]);
  assert.equal(second.id, first.id);
  assert.equal(second.meta.versionId, '2');
});

check('JSON Patch changes one place; a failed test changes nothing', async () => {
  const { id } = await create('patch');
  const replace = { op: 'replace', path: '/valueQuantity/value', value: 64 };
  const headers = { 'content-type': 'application/json-patch+json' };
  const options = { headers };
  const patched = await client.patch({ resourceType, id, jsonPatch: [replace], options });
  assert.equal(patched.valueQuantity.value, 64);
  assert.equal(patched.valueQuantity.unit, '次/分');
  const test = { op: 'test', path: '/status', value: 'amended' };
  const change = { op: 'replace', path: '/status', value: 'cancelled' };
  const failing = () => client.patch({ resourceType, id, jsonPatch: [test, change], options });
  const error = await refusal(failing, (found) => found.response?.status >= 400, 'a refusal');
  isOutcome(error.response.data);
  assert.equal((await client.read({ resourceType, id })).status, 'final');
});

check('delete: gone with 410, found no more, its history stays', async () => {
  const { id } = await create('delete');
  await client.delete({ resourceType, id });
  const error = await refusal(() => client.read({ resourceType, id }), status(410), '410');
  isOutcome(error.response.data);
  assert.equal(await count('delete'), 0);
  const history = await client.history({ resourceType, id });
  assert.deepEqual(history.entry.map((one) => one.request.method), ['DELETE', 'POST']);
  assert.equal((await client.vread({ resourceType, id, version: '1' })).status, 'final');
});

check('search goes to the end page by page, in order, each once', async () => {
  for (let value = 1; value <= 7; value += 1) {
    await client.create({ resourceType, body: pulse(patient, 'page', value) });
  }
  const values = [];
  let bundle = await find({ identifier: numbered('page'), _sort: '-_lastUpdated', _count: '3' });
  let pages = 0;
  while (bundle) {
    pages += 1;
    values.push(...(bundle.entry ?? []).map((one) => one.resource.valueQuantity.value));
    bundle = await client.nextPage({ bundle });
  }
  assert.deepEqual(values, [7, 6, 5, 4, 3, 2, 1]);
  assert.ok(pages >= 3, `${pages} pages`);
});

check('search by form is the same as by address', async () => {
  const searchParams = { identifier: numbered('page'), _count: '50' };
  const byForm = await client.search({ resourceType, searchParams, options: { postSearch: true } });
  const ids = (bundle) => bundle.entry.map((one) => one.resource.id).sort();
  assert.deepEqual(ids(byForm), ids(await find(searchParams)));
});

check('search within a compartment', async () => {
  const bundle = await client.compartmentSearch({
    resourceType,
    compartment: { resourceType: 'Patient', id: patient },
    searchParams: { identifier: numbered('page') },
  });
  assert.equal(bundle.entry.length, 7);
});

check('a reference is resolved', async () => {
  const bundle = await find({ identifier: numbered('page'), _count: '1' });
  const reference = bundle.entry[0].resource.subject.reference;
  assert.equal((await client.resolve({ reference })).id, patient);
});

const post = (resource, fullUrl) => ({ fullUrl, resource, request: { method: 'POST', url: resourceType } });

check('a transaction is all or none', async () => {
  const wrong = { ...pulse(patient, 'all'), status: 'done' };
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [post(pulse(patient, 'all')), post(wrong)] };
  const error = await refusal(() => client.transaction({ body: bundle }), status(400), '400');
  const places = isOutcome(error.response.data).flatMap((issue) => issue.expression ?? []);
  assert.ok(places.some((place) => place.startsWith('Bundle.entry[1]')), `${places}`);
  assert.equal(await count('all'), 0);
  bundle.entry.pop();
  const done = await client.transaction({ body: bundle });
  assert.deepEqual([done.type, done.entry[0].response.status.slice(0, 3)], ['transaction-response', '201']);
  assert.equal(await count('all'), 1);
});

check('a batch does what it can', async () => {
  const wrong = { ...pulse(patient, 'some'), status: 'done' };
  const bundle = { resourceType: 'Bundle', type: 'batch', entry: [post(wrong), post(pulse(patient, 'some'))] };
  const done = await client.batch({ body: bundle });
  assert.deepEqual(done.entry.map((one) => one.response.status.slice(0, 3)), ['400', '201']);
  isOutcome(done.entry[0].response.outcome);
  assert.equal(await count('some'), 1);
});

check('history of a type and of all', async () => {
  const { id } = await create('history');
  const ofType = await client.history({ resourceType });
  assert.equal(ofType.type, 'history');
  assert.ok(ofType.entry.some((one) => one.resource?.id === id), 'the newest is in it');
  assert.equal((await client.history()).type, 'history');
});

check('$everything of a patient is the patient and what is about it', async () => {
  const bundle = await client.operation({ name: 'everything', resourceType: 'Patient', id: patient, method: 'GET' });
  const types = new Set(bundle.entry.map((one) => one.resource.resourceType));
  assert.ok(types.has('Patient') && types.has(resourceType), [...types].join());
});

check('$validate answers an OperationOutcome', async () => {
  const input = { ...pulse(patient, 'validate'), status: 'done' };
  const outcome = await client.operation({ name: 'validate', resourceType, input });
  const issues = isOutcome(outcome);
  assert.deepEqual(issues.filter((one) => one.severity === 'error').map((one) => one.expression), [['Observation.status']]);
});

check('terminology: $expand, $lookup, $validate-code', async () => {
  const url = 'http://hl7.org/fhir/sid/icd-10';
  const ask = (name, type, input) => client.operation({ name, resourceType: type, method: 'GET', input });
  const expanded = await ask('expand', 'ValueSet', { url: `${url}?fhir_vs`, count: '3' });
  assert.equal(expanded.expansion.contains.length, 3);
  const { code, display } = expanded.expansion.contains[0];
  const value = (parameters, name) => parameters.parameter.find((one) => one.name === name);
  const looked = await ask('lookup', 'CodeSystem', { system: url, code });
  assert.equal(value(looked, 'display').valueString, display);
  const valid = await ask('validate-code', 'CodeSystem', { url, code });
  assert.equal(value(valid, 'result').valueBoolean, true);
  const unknown = await ask('validate-code', 'CodeSystem', { url, code: 'no-such-code' });
  assert.equal(value(unknown, 'result').valueBoolean, false);
});

check('terminology: a stored ConceptMap answers $translate', async () => {
  const [source, target] = [`${system(patient)}:local`, 'http://loinc.org'];
  const element = [{ code: 'PULSE', target: [{ code: '8867-4', display: '心率', equivalence: 'equivalent' }] }];
  await client.create({
    resourceType: 'ConceptMap',
    body: { resourceType: 'ConceptMap', status: 'active', url: `${source}-map`, group: [{ source, target, element }] },
  });
  const ask = (code) => client.operation({
    name: 'translate',
    resourceType: 'ConceptMap',
    method: 'GET',
    input: { system: source, code, targetsystem: target },
  });
  const part = (parameters, name) => parameters.parameter.find((one) => one.name === name);
  const translated = await ask('PULSE');
  assert.equal(part(translated, 'result').valueBoolean, true);
  const concept = part(translated, 'match').part.find((one) => one.name === 'concept');
  assert.equal(concept.valueCoding.code, '8867-4');
  assert.equal(part(await ask('OTHER'), 'result').valueBoolean, false);
});

check('refusals: an unknown type, id, parameter, and no token', async () => {
  const refused = async (command, wanted) => {
    const error = await refusal(command, status(wanted), `${wanted}`);
    isOutcome(error.response.data);
  };
  await refused(() => client.read({ resourceType: 'NoSuchType', id: '1' }), 404);
  await refused(() => client.read({ resourceType, id: 'no-such-id' }), 404);
  await refused(() => find({ 'no-such-parameter': '1' }), 400);
  const nobody = new Client({ baseUrl: `${world.url}/fhir` });
  await refused(() => nobody.read({ resourceType: 'Patient', id: patient }), 401);
});

await run();
