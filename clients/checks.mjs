// Checks that say what was expected: a line each, and the count of both kinds at the end.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const checks = [];

/** A check that this sentence holds. Checks run in the order written. */
export function check(sentence, run) {
  checks.push({ sentence, run });
}

/** Runs all checks of the script and ends it. */
export async function run() {
  let failed = 0;
  for (const { sentence, run } of checks) {
    try {
      await run();
      console.log(`  ok    ${sentence}`);
    } catch (error) {
      failed += 1;
      const where = /[\w.]+\.mjs:\d+/.exec((error.stack ?? '').replace(/checks\.mjs:\d+/g, ''));
      console.log(`  FAIL  ${sentence}\n        ${where?.[0] ?? ''} ${error.message.replaceAll('\n', '\n        ')}`);
    }
  }
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

/** The refusal that a command meets, when it is one of this kind. */
export async function refusal(command, fits, expected) {
  let found;
  try {
    found = await command();
  } catch (error) {
    assert.ok(fits(error), `expected ${expected}, found ${error.message}`);
    return error;
  }
  assert.fail(`expected ${expected}, found ${JSON.stringify(found)}`);
}

/** An OperationOutcome as R4 has it. */
export function isOutcome(resource) {
  assert.equal(resource?.resourceType, 'OperationOutcome');
  assert.ok(resource.issue.length > 0, 'an outcome has an issue');
  for (const issue of resource.issue) {
    assert.match(issue.severity, /^(fatal|error|warning|information)$/);
    assert.ok(issue.code && (issue.details?.text || issue.diagnostics), JSON.stringify(issue));
  }
  return resource.issue;
}

function told() {
  const path = process.env.LIANTI_WORLD;
  if (!path) throw new Error('run this by clients/run.py, which starts a server for it');
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** What a client was told: addresses and secrets. */
export const world = told();

/** A new patient of the account's organization, registered at the API. */
export async function register(name) {
  const headers = { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' };
  const post = async (patient) =>
    fetch(`${world.url}/api/patients`, { method: 'POST', headers, body: JSON.stringify(patient) });
  const patient = { name, sex: 'male', birth_date: '1959-10-11' };
  let answer = await post(patient);
  // From an earlier run against the same server.
  if (answer.status === 409) answer = await post({ ...patient, not_same_as: (await answer.json()).data.patient_ids });
  assert.equal(answer.status, 201, 'POST /api/patients');
  return (await answer.json()).patient.id;
}

/** A pulse that bears a number of the caller's. */
export function pulse(patient, number, value = 72) {
  return {
    resourceType: 'Observation',
    status: 'final',
    identifier: [{ system: system(patient), value: number }],
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: '脉率' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: '2026-11-05T09:30:00+08:00',
    valueQuantity: { value, unit: '次/分', system: 'http://unitsofmeasure.org', code: '/min' },
  };
}

/** Whose numbers they are; those of another run are none of ours. */
export function system(patient) {
  return `urn:example:client:${patient}`;
}
