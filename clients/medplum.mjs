// @medplum/core: a client with a cache, typed helpers and its own way to page, patch and batch.
import assert from 'node:assert/strict';
import { MedplumClient, OperationOutcomeError } from '@medplum/core';
import { check, isOutcome, pulse, refusal, register, run, system, world } from './checks.mjs';

// No cache: each check is to see what the server says now.
const options = { baseUrl: world.url, fhirUrlPath: 'fhir', cacheTime: 0, autoBatchTime: 0 };
const client = new MedplumClient({ ...options, accessToken: world.token });
const patient = await register('榆测试');
const type = 'Observation';
const numbered = (number) => `${system(patient)}|${number}`;
const found = (number) => client.searchResources(type, { identifier: numbered(number) });
const refused = (command) => refusal(command, (error) => error instanceof OperationOutcomeError, 'an OperationOutcome');

check('create and read', async () => {
  const created = await client.createResource(pulse(patient, 'create'));
  assert.deepEqual(await client.readResource(type, created.id), created);
  assert.equal((await client.readReference({ reference: `Patient/${patient}` })).name[0].text, '榆测试');
});

check('createResourceIfNoneExist makes one', async () => {
  const query = `identifier=${numbered('once')}`;
  const first = await client.createResourceIfNoneExist(pulse(patient, 'once'), query);
  const second = await client.createResourceIfNoneExist(pulse(patient, 'once', 99), query);
  assert.deepEqual([second.id, second.valueQuantity.value], [first.id, 72]);
  assert.equal((await found('once')).length, 1);
});

check('upsertResource creates, then changes the same', async () => {
  const query = { identifier: numbered('upsert') };
  const first = await client.upsertResource(pulse(patient, 'upsert'), query);
  const second = await client.upsertResource(pulse(patient, 'upsert', 81), query);
  assert.deepEqual([second.id, second.meta.versionId], [first.id, '2']);
});

check('update with If-Match of a version that is gone is refused', async () => {
  const created = await client.createResource(pulse(patient, 'if-match'));
  const headers = { 'If-Match': 'W/"1"' };
  await client.updateResource({ ...created, status: 'amended' }, { headers });
  const late = () => client.updateResource({ ...created, status: 'cancelled' }, { headers });
  isOutcome((await refused(late)).outcome);
  assert.equal((await client.readResource(type, created.id)).status, 'amended');
});

check('patch, history, and a version of it', async () => {
  const { id } = await client.createResource(pulse(patient, 'patch'));
  const patched = await client.patchResource(type, id, [{ op: 'replace', path: '/status', value: 'amended' }]);
  assert.equal(patched.status, 'amended');
  const history = await client.readHistory(type, id);
  assert.deepEqual(history.entry.map((one) => one.resource.meta.versionId), ['2', '1']);
  assert.equal((await client.readVersion(type, id, '1')).status, 'final');
});

check('delete', async () => {
  const { id } = await client.createResource(pulse(patient, 'delete'));
  await client.deleteResource(type, id);
  const error = await refused(() => client.readResource(type, id));
  assert.equal(isOutcome(error.outcome)[0].code, 'deleted');
  assert.equal((await found('delete')).length, 0);
});

check('searchResourcePages goes to the end', async () => {
  for (let value = 1; value <= 5; value += 1) await client.createResource(pulse(patient, 'page', value));
  const pages = [];
  for await (const page of client.searchResourcePages(type, { identifier: numbered('page'), _count: 2, _sort: '_lastUpdated' })) {
    pages.push(page.map((one) => one.valueQuantity.value));
  }
  assert.deepEqual(pages.flat(), [1, 2, 3, 4, 5]);
  assert.ok(pages.length >= 3, `${pages.length} pages`);
});

check('searchOne, and a total when asked for', async () => {
  const one = await client.searchOne(type, { identifier: numbered('page'), _sort: '-_lastUpdated' });
  assert.equal(one.valueQuantity.value, 5);
  const bundle = await client.search(type, { identifier: numbered('page'), _total: 'accurate', _count: 1 });
  assert.equal(bundle.total, 5);
});

check('a chained search and an include', async () => {
  const bundle = await client.search(type, { identifier: numbered('page'), 'subject:Patient.name': '榆', _include: 'Observation:subject' });
  const included = bundle.entry.filter((one) => one.search.mode === 'include');
  assert.deepEqual(included.map((one) => one.resource.id), [patient]);
});

check('executeBatch: a transaction with links by urn:uuid', async () => {
  const fullUrl = 'urn:uuid:7b1c3a52-9f70-4f5f-8f5e-0e4d0f6a1c22';
  const request = { method: 'POST', url: type };
  const panel = { ...pulse(patient, 'panel'), hasMember: [{ reference: fullUrl }] };
  const entry = [{ resource: panel, request }, { fullUrl, resource: pulse(patient, 'member'), request }];
  const answer = await client.executeBatch({ resourceType: 'Bundle', type: 'transaction', entry });
  assert.deepEqual(answer.entry.map((one) => one.response.status.slice(0, 3)), ['201', '201']);
  const [[stored], [member]] = [await found('panel'), await found('member')];
  assert.equal(stored.hasMember[0].reference, `Observation/${member.id}`);
});

check('reads asked at once and sent as one batch', async () => {
  const batching = new MedplumClient({ ...options, accessToken: world.token, autoBatchTime: 20 });
  const ids = (await found('page')).map((one) => one.id);
  const read = await Promise.all(ids.map((id) => batching.readResource(type, id)));
  assert.deepEqual(read.map((one) => one.id), ids);
});

check('$everything', async () => {
  const bundle = await client.readPatientEverything(patient);
  assert.ok(bundle.entry.some((one) => one.resource.id === patient), 'the patient is in it');
  assert.ok(bundle.entry.some((one) => one.resource.resourceType === type), 'results are in it');
});

check('valueSetExpand finds by pinyin initials', async () => {
  const url = 'http://hl7.org/fhir/sid/icd-10?fhir_vs';
  const expanded = await client.valueSetExpand({ url, filter: 'ngs', count: 5 });
  const shown = expanded.expansion.contains.map((one) => one.display);
  assert.ok(shown.some((one) => one.includes('脑梗')), `${shown}`);
});

check('$validate', async () => {
  isOutcome(await client.validateResource(pulse(patient, 'validate')));
});

check('refusals are OperationOutcomes with a place', async () => {
  const error = await refused(() => client.createResource({ ...pulse(patient, 'bad'), status: 'done' }));
  assert.deepEqual(isOutcome(error.outcome)[0].expression, ['Observation.status']);
  isOutcome((await refused(() => client.readResource(type, 'no-such-id'))).outcome);
  isOutcome((await refused(() => client.search(type, { 'no-such-parameter': '1' }))).outcome);
  assert.equal((await found('bad')).length, 0);
});

await run();
