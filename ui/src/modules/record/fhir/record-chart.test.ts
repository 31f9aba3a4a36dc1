import { describe, expect, test, vi } from 'vitest';
import type { Patient } from '../types';
import { localAddress, parseFhir, refusal } from './client';
import { type Entry, entryOf } from './entries';
import { pointsOf, sheetOf } from './flowsheet';
import { daysOf, linesOf } from './groups';
import { lookNow, remember, SAME_LOOK_MS } from './lastLook';
import type * as R from './resource';
import { targetOf } from './resource';
import { sourceContext, sourceOf } from './source';
import { nextPlaces, type StreamPage, settled, standing } from './streams';
import { allergyFacts, problemFacts, resultFacts } from './summary';
import { millisOf, momentText } from './times';
import { flagOf, observationText } from './values';

vi.mock('@/i18n', () => ({
  t: (key: string) => key,
  textOr: (fallback: string) => fallback,
  language: () => 'zh-CN',
}));

const names: Record<string, string> = { lead: '总院', village: '村卫生室' };
const context = sourceContext((id) => names[id ?? ''] ?? '', []);

function potassium(
  id: string,
  at: string,
  value: number,
  more: Partial<R.Observation> = {},
): R.Observation {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: '血钾' }] },
    effectiveDateTime: at,
    performer: [{ reference: 'Organization/lead' }],
    valueQuantity: { value, unit: 'mmol/L', code: 'mmol/L' },
    referenceRange: [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.3, unit: 'mmol/L' } }],
    ...more,
  };
}

const entries = (...resources: R.Resource[]): Entry[] =>
  resources.flatMap((one) => entryOf(one, context) ?? []);

describe('times', () => {
  test('what has no zone is in China; partial dates stay partial', () => {
    expect(millisOf('2026-11-22')).toBe(Date.parse('2026-11-21T16:00:00Z'));
    expect(millisOf('2026-11-22T08:00:00')).toBe(Date.parse('2026-11-22T00:00:00Z'));
    expect(millisOf('2026-11')).toBe(Date.parse('2026-10-31T16:00:00Z'));
    expect(millisOf('gestern')).toBeNull();
    expect(momentText('2026')).toBe('2026');
  });
});

describe('values', () => {
  test('the laboratory decides; otherwise the range beside the value', () => {
    expect(flagOf(potassium('a', '2026', 2.9))).toBe('low');
    expect(flagOf(potassium('a', '2026', 4))).toBeUndefined();
    const told = { interpretation: [{ coding: [{ code: 'LL' }] }] };
    expect(flagOf(potassium('a', '2026', 2.9, told))).toBe('critical-low');
    const usual = { interpretation: [{ coding: [{ code: 'N' }] }] };
    expect(flagOf(potassium('a', '2026', 2.9, usual))).toBeUndefined();
  });

  test('a range in another unit, a "below" and a choice of ranges are not compared', () => {
    const other = { referenceRange: [{ low: { value: 13, unit: 'mg/dL', code: 'mg/dL' } }] };
    expect(flagOf(potassium('a', '2026', 2.9, other))).toBeUndefined();
    const below = { valueQuantity: { value: 0.1, comparator: '<', unit: 'mmol/L' } };
    expect(flagOf(potassium('a', '2026', 0.1, below))).toBeUndefined();
    const two = { referenceRange: [{ low: { value: 3 } }, { low: { value: 4 } }] };
    expect(flagOf(potassium('a', '2026', 2.9, two))).toBeUndefined();
  });

  test('parts in one unit name it once', () => {
    const part = (display: string, value: number) => ({
      code: { text: display },
      valueQuantity: { value, unit: 'mmHg' },
    });
    const pressure = {
      resourceType: 'Observation',
      id: 'p',
      component: [part('收缩压', 150), part('舒张压', 92)],
    };
    expect(observationText(pressure)).toBe('收缩压 150、舒张压 92 mmHg');
  });

  test('figures keep the places they were measured to, where the browser tells', () => {
    const read = parseFhir('{"valueQuantity":{"value":7.20}}') as R.Observation;
    expect(read.valueQuantity?.value).toBe(7.2);
    expect(['7.20', undefined]).toContain(read.valueQuantity?.valueText);
  });
});

describe('references, sources, refusals', () => {
  test('a reference is known by its local address', () => {
    expect(targetOf({ reference: 'http://host/fhir/Observation/1/_history/2' })).toBe(
      'Observation/1',
    );
    expect(targetOf({ reference: '#inside' })).toBe('#inside');
    expect(targetOf({ reference: 'urn:uuid:1' })).toBeUndefined();
  });

  test('a practitioner leads to the organization of the staff number', () => {
    const doctor: R.Directory = {
      resourceType: 'Practitioner',
      id: 'd',
      identifier: [{ system: 'urn:lianti:staff-number:village', value: '1' }],
      name: [{ text: '某医生' }],
    };
    const around = sourceContext((id) => names[id ?? ''] ?? '', [doctor]);
    const seen = potassium('a', '2026', 4, { performer: [{ reference: 'Practitioner/d' }] });
    expect(sourceOf(seen, around)).toMatchObject({
      org_id: 'village',
      org: '村卫生室',
      person: '某医生',
    });
  });

  test('what does not say where it is from is not guessed', () => {
    expect(sourceOf(potassium('a', '2026', 4, { performer: [] }), context)).toMatchObject({
      org: '',
      person: '',
      system: '',
    });
  });

  test('links lead to this host, refusals carry the code and sentence', () => {
    expect(localAddress('http://inside:8080/fhir/Observation?_cursor=x')).toBe(
      '/fhir/Observation?_cursor=x',
    );
    expect(localAddress('http://elsewhere/next')).toBeNull();
    const issue = {
      details: { coding: [{ system: 'urn:lianti:error', code: 'fhir.resource' }], text: '没有' },
    };
    expect(refusal(404, JSON.stringify({ issue: [issue] }))).toMatchObject({
      code: 'fhir.resource',
      detail: '没有',
      notFound: true,
    });
    expect(refusal(502, '<html>')).toMatchObject({ status: 502, transient: true });
  });
});

describe('streams', () => {
  const page = (type: string, resources: R.Resource[], next: string | null): StreamPage => ({
    [type]: { resources, included: [], next },
  });
  const observations = [potassium('1', '2026-11-20', 4), potassium('2', '2026-10-01', 4)];
  const visit = { resourceType: 'Encounter', id: 'e', period: { start: '2026-09-01' } };

  test('what is older than the end of an open stream waits', () => {
    const whole = standing([
      { ...page('Observation', observations, '/fhir/next'), ...page('Encounter', [visit], null) },
    ]);
    const all = entries(...observations, visit);
    expect(settled(whole, all).map((one) => one.resource.id)).toEqual(['1', '2']);
    expect(nextPlaces(whole, all)).toEqual({ Observation: '/fhir/next' });
    const done = standing([whole, page('Observation', [], null)]);
    expect(settled(done, all).map((one) => one.resource.id)).toEqual(['1', '2', 'e']);
    expect(nextPlaces(done, all)).toBeUndefined();
  });

  test('a stream that failed holds nothing back and is asked again', () => {
    const failed = { resources: [], included: [], next: '/fhir/again', error: refusal(500, '') };
    const whole = { ...page('Encounter', [visit], null), Observation: failed };
    expect(settled(whole, entries(visit))).toHaveLength(1);
    expect(nextPlaces(whole, entries(visit))).toEqual({ Observation: '/fhir/again' });
  });

  test('a report takes its own results; others of the same moment stand together', () => {
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'r',
      effectiveDateTime: '2026-11-20',
      code: { text: '生化' },
      result: [{ reference: 'Observation/1' }],
    };
    const lines = linesOf(entries(report, observations[0] as R.Observation));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.together.map((one) => one.resource.id)).toEqual(['r', '1']);
    const same = [
      potassium('3', '2026-11-20T08:00:00Z', 4),
      potassium('4', '2026-11-20T08:00:00Z', 4),
    ];
    expect(linesOf(entries(...same))).toHaveLength(1);
    expect(daysOf(entries(...same, visit)).map((day) => day.day)).toEqual([
      '2026-11-20',
      '2026-09-01',
    ]);
  });
});

describe('flowsheet', () => {
  test('units are told apart, mistakes left out, parts shown', () => {
    const grams = {
      valueQuantity: { value: 11, unit: 'mg/dL', code: 'mg/dL' },
      referenceRange: [],
    };
    const sheet = sheetOf(
      [
        potassium('1', '2026-11-20', 4),
        potassium('2', '2026-10-20', 2.9, { performer: [{ reference: 'Organization/village' }] }),
        potassium('3', '2026-11-20', 11, grams),
        potassium('4', '2026-11-21', 29, { status: 'entered-in-error' }),
      ],
      context,
    );
    expect(sheet.rows.map((row) => [row.unit, row.otherUnits])).toEqual([
      ['mmol/L', true],
      ['mg/dL', true],
    ]);
    expect(sheet.columns.map((column) => column.org)).toEqual(['总院', '村卫生室']);
    const [row] = sheet.rows;
    expect(row && pointsOf(row, sheet).map(({ cell }) => [cell.text, cell.flag])).toEqual([
      ['2.9', 'low'],
      ['4', undefined],
    ]);
    expect(sheetOf([potassium('1', '2026-11-20', 4)], context, 'village').rows).toEqual([]);
  });
});

describe('summary', () => {
  const patient = (more: Partial<Patient>) =>
    ({ allergies: [], problems: [], ...more }) as unknown as Patient;
  const status = (code: string) => ({ coding: [{ code }] });

  test('not asked is not none', () => {
    expect(allergyFacts(patient({}), [], context).knowledge).toBe('not-asked');
    expect(allergyFacts(patient({ no_known_allergies: true }), [], context).knowledge).toBe('none');
    const none = {
      resourceType: 'AllergyIntolerance',
      id: 'n',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] },
    };
    expect(allergyFacts(patient({}), [none], context).knowledge).toBe('none');
    const iodine = {
      resourceType: 'AllergyIntolerance',
      id: 'i',
      code: { text: '碘' },
      criticality: 'high',
    };
    const known = allergyFacts(patient({ no_known_allergies: true }), [none, iodine], context);
    expect([known.knowledge, known.facts.map((one) => one.text)]).toEqual(['known', ['碘']]);
    const refuted = { ...iodine, verificationStatus: status('refuted') };
    expect(allergyFacts(patient({}), [refuted], context).knowledge).toBe('not-asked');
  });

  test('a problem that two members wrote down is one; what is over is not there', () => {
    const condition = (id: string, code: string, state: string) => ({
      resourceType: 'Condition',
      id,
      code: { coding: [{ code }], text: code },
      clinicalStatus: status(state),
    });
    const facts = problemFacts(
      patient({}),
      [
        condition('1', 'I10', 'active'),
        condition('2', 'I10', 'active'),
        condition('3', 'J45', 'resolved'),
      ],
      context,
    );
    expect(facts.map((one) => one.key)).toEqual(['1']);
  });

  test('critical values come first', () => {
    const pulse = potassium('p', '2026-11-21', 80, {
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      referenceRange: [],
    });
    const low = potassium('k', '2026-11-20', 2.4, {
      interpretation: [{ coding: [{ code: 'LL' }] }],
    });
    expect(resultFacts([pulse, low], context).map((one) => one.key)).toEqual(['k', 'p']);
  });
});

describe('last look', () => {
  test('going back and forth is one look', () => {
    const first = lookNow(undefined, 1_000);
    expect(first.before_ms).toBeNull();
    expect(lookNow(first, 1_000 + SAME_LOOK_MS - 1).before_ms).toBeNull();
    expect(lookNow(first, 1_000 + SAME_LOOK_MS).before_ms).toBe(1_000);
  });

  test('the record looked at longest ago is forgotten first', () => {
    let looks = {};
    for (let at = 0; at < 400; at += 1) looks = remember(looks, `p${at}`, lookNow(undefined, at));
    expect(Object.keys(looks)).toHaveLength(300);
    expect(Object.keys(looks)).not.toContain('p0');
  });
});
