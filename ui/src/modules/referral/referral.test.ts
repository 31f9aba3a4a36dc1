import { describe, expect, test } from 'vitest';
import { flatten, type TextTree } from '@/i18n';
import { parseDays, planOf } from './dialogs/plan';
import {
  drugsOf,
  entryBody,
  entryState,
  type FormularyRow,
  keptBy,
  shownEntries,
} from './formulary';
import { countOf, listQuery } from './lists';
import zh from './locales/zh-CN.json';
import { bodyOf, emptyValues, preflightKey, storedVitals, typedVitals, valuesOf } from './newForm';
import { identifierOf } from './patients';
import { exportQuery, figureText, type MemberFigures, monthsUntil, total } from './statistics';
import { type Counts, KINDS, type Referral, STATES } from './types';
import { shownVitals } from './vitals';
import { ACTION_ORDER, ageYears, concerns, pathOf, placeKind, stepsOf } from './words';

const NOW = '2026-11-22T06:05:00Z';

const texts = new Map<string, string>();
flatten('referral', zh as TextTree, texts);

describe('words', () => {
  test('every code the server may send has a text', () => {
    const keys = [
      ...STATES.map((state) => `referral.state.${state}`),
      ...KINDS.map((kind) => `referral.kind.${kind}`),
      ...ACTION_ORDER.map((action) => `referral.action.${action}`),
    ];
    expect(keys.filter((key) => !texts.has(key))).toEqual([]);
  });

  test('ages count completed years', () => {
    const day = (text: string) => new Date(`${text}T12:00:00`).getTime();
    expect(ageYears('1958-03-02', day('2026-03-01'))).toBe(67);
    expect(ageYears('1958-03-02', day('2026-03-02'))).toBe(68);
    expect(ageYears(null, day('2026-03-02'))).toBeNull();
  });

  test('a question of a rule concerns the diagnoses it names, or everybody', () => {
    const item = { code: 'x', zh: '', en: '' };
    expect(concerns(item, [])).toBe(true);
    expect(concerns({ ...item, icd_prefixes: ['I'] }, ['I10'])).toBe(true);
    expect(concerns({ ...item, icd_prefixes: ['E1'] }, ['I10'])).toBe(false);
  });

  test('each service looks for its own sort of place', () => {
    expect(placeKind('inpatient')).toBe('bed');
    expect(placeKind('exam')).toBe('equipment');
    expect(placeKind('advice')).toBeNull();
  });
});

const referral: Referral = {
  id: 'r1',
  number: 'C1-20261122-ABCD',
  kind: 'up',
  state: 'accepted',
  patient_id: 'p1',
  patient: { name: '张三', sex: 'male' },
  from: { org_id: 'o1', org_name: '村卫生室' },
  to: { org_id: 'o2', org_name: '医院' },
  content: {
    reason_code: 'critical',
    reason_text: '',
    diagnoses: [{ code: 'I20.0', display: '不稳定型心绞痛' }],
    condition: '胸痛',
    treatment: '',
    precautions: '',
    allergies: [],
    no_known_allergies: true,
    vital_signs: { temperature_tenths_celsius: 371, pulse_bpm: 88 },
    danger_signs: [],
    consent: { given_by: 'patient', form: 'spoken', at: NOW },
    service: 'inpatient',
    priority: 'urgent',
  },
  made_by: 'a1',
  created_at: NOW,
  submitted_at: NOW,
  answered_at: NOW,
};

describe('the path of a case', () => {
  const status = (changes: Partial<Referral>) =>
    stepsOf({ ...referral, ...changes }).map((step) => `${step.key}:${step.status}`);

  test('runs from what was done to what may follow', () => {
    expect(status({})).toEqual([
      'submitted:done',
      'in-review:done',
      'accepted:current',
      'arrived:todo',
      'admitted:todo',
      'results-returned:todo',
      'closed:todo',
    ]);
  });

  test('stands at the review while escalated, and ends at its exit', () => {
    expect(status({ state: 'escalated' })[1]).toBe('in-review:current');
    expect(status({ state: 'rejected' }).at(-1)).toBe('rejected:exit');
    expect(status({ state: 'closed' }).at(-1)).toBe('closed:done');
  });

  test('differs by kind', () => {
    expect(pathOf({ kind: 'advice', state: 'asked' })).toContain('answered');
    expect(pathOf({ kind: 'exam', state: 'seen' })).not.toContain('admitted');
    expect(pathOf({ kind: 'up', state: 'down-proposed' })).toContain('followed-up');
  });
});

describe('the form', () => {
  test('stores tenths as whole numbers and reads them back', () => {
    const typed = { temperature_tenths_celsius: 37.1, pulse_bpm: 88, pain_score: null };
    const stored = storedVitals(typed, NOW);
    expect(stored).toEqual({ temperature_tenths_celsius: 371, pulse_bpm: 88, measured_at: NOW });
    expect(typedVitals(stored)).toEqual({ temperature_tenths_celsius: 37.1, pulse_bpm: 88 });
    expect(storedVitals({}, NOW)).toEqual({});
  });

  test('is not sent without patient and target', () => {
    const values = emptyValues('up');
    expect(bodyOf(values, NOW)).toBeNull();
    expect(bodyOf({ ...values, patient_id: 'p1' }, NOW)).toBeNull();
  });

  test('an unticked consent is no consent', () => {
    const values = { ...emptyValues('up'), patient_id: 'p1', to_org_id: 'o2' };
    expect(bodyOf(values, NOW)?.content.consent).toBeNull();
    const agreed = { ...values, content: { ...values.content, consent: { agreed: true } } };
    expect(bodyOf(agreed, NOW)?.content.consent).toMatchObject({ given_by: 'patient', at: NOW });
  });

  test('a draft comes back as it was written', () => {
    const body = bodyOf(valuesOf(referral), NOW);
    expect(body?.content.diagnoses).toEqual(referral.content.diagnoses);
    expect(body?.content.vital_signs).toMatchObject(referral.content.vital_signs);
    expect(body?.to_org_id).toBe('o2');
  });

  test('the rules are asked anew only for what they look at', () => {
    const values = valuesOf(referral);
    const other = { ...values, content: { ...values.content, condition: '好些' } };
    expect(preflightKey(other)).toBe(preflightKey(values));
    const signs = { ...values, content: { ...values.content, danger_signs: ['chest-pain'] } };
    expect(preflightKey(signs)).not.toBe(preflightKey(values));
  });

  test('days of follow-up in any usual writing', () => {
    expect(parseDays('3、7，30 天')).toEqual([3, 7, 30]);
    expect(parseDays('')).toBeNull();
    expect(planOf({ drugs: [{ code: 'A', display: '药' }, {}] })).toMatchObject({
      drugs: [{ code: 'A', dose: '' }],
      follow_up_days: null,
    });
  });

  test('tells an ID number from a name', () => {
    expect(identifierOf('11010519491231002x')).toEqual({
      kind: 'resident-id',
      value: '11010519491231002X',
    });
    expect(identifierOf('１１０１０５１９４９１２３１００２Ｘ')?.kind).toBe('resident-id');
    expect(identifierOf('A3F09921X7')?.kind).toBe('health-card');
    expect(identifierOf('张三')).toBeNull();
    expect(identifierOf('zhangsan')).toBeNull();
  });
});

test('vital signs outside the usual range are marked, pressure is one value', () => {
  const range = { min: 30, max: 320, usual_min: 90, usual_max: 139, unit: 'mmHg' };
  const shown = shownVitals(
    { systolic_mmhg: 172, diastolic_mmhg: 98, temperature_tenths_celsius: 368 },
    { systolic_mmhg: range },
  );
  expect(shown.map((vital) => [vital.text, vital.unusual])).toEqual([
    ['172/98 mmHg', true],
    ['36.8 ℃', false],
  ]);
});

describe('lists', () => {
  const counts: Counts = {
    inbox: { submitted: 3, accepted: 2 },
    outbox: { submitted: 7 },
    community: { 'down-proposed': 1 },
    inbox_overdue: 0,
    outbox_overdue: 0,
    community_overdue: 0,
    shown_max: 1000,
  };

  test('count what stands in a box; the community’s own is in its inbox', () => {
    expect(countOf('inbox', counts, ['submitted', 'down-proposed'])).toBe(4);
    expect(countOf('outbox', counts, ['submitted'])).toBe(7);
    expect(countOf('all-below', counts, ['submitted'])).toBeUndefined();
  });

  test('days ask for all cases, since running ones are in the order of their limits', () => {
    const none = { q: undefined, view: undefined, state: [], kind: [], priority: undefined };
    const filters = { ...none, overdue: false, from: undefined, to: undefined };
    expect(listQuery('inbox', filters).view).toBe('live');
    expect(listQuery('inbox', { ...filters, from: '2026-11-01' }).view).toBe('all');
  });
});

describe('figures', () => {
  const rate = (numerator: number, denominator: number): MemberFigures => ({
    org_id: `${numerator}`,
    org_name: '',
    refusals: [],
    indicators: [
      {
        code: 'acceptance-rate',
        numerator,
        denominator,
        per_mille: denominator ? Math.round((numerator * 1000) / denominator) : null,
      },
      { code: 'answer-p50', numerator: null, denominator, seconds: 60 },
    ],
  });

  test('rates of several members add up by numerator and denominator', () => {
    const one = total([rate(1, 2), rate(8, 8)], 'acceptance-rate');
    expect(one).toMatchObject({ numerator: 9, denominator: 10, per_mille: 900 });
    expect(figureText(one)).toBe('90.0%');
  });

  test('unknown is not zero, and times of several members have no sum', () => {
    expect(figureText(total([rate(0, 0), rate(0, 0)], 'acceptance-rate'))).toBe('—');
    expect(figureText(total([rate(1, 2), rate(1, 2)], 'answer-p50'))).toBe('—');
    expect(figureText(undefined)).toBe('—');
  });

  test('months run over the turn of the year', () => {
    expect(monthsUntil('2026-02', 4)).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
  });

  test('the spreadsheet is asked for as the page is filtered', () => {
    expect(exportQuery('2026-11', undefined)).toEqual({ month: '2026-11', org_id: undefined });
    expect(exportQuery('2026-10', 'o1')).toEqual({ month: '2026-10', org_id: 'o1' });
  });
});

describe('the formulary', () => {
  const row = (drug_code: string, starts_on: string, holds: boolean): FormularyRow => ({
    version: 1,
    holds,
    entry: {
      id: `${drug_code}@${starts_on}`,
      org_id: 'o1',
      drug_code,
      drug_zh: '苯磺酸氨氯地平片',
      drug_en: 'Amlodipine tablets',
      available: true,
      starts_on,
      note: '',
      made_by_name: '张三',
      made_at: NOW,
    },
  });
  const rows = [
    row('C08CA01-TAB', '2026-11-01', false),
    row('C08CA01-TAB', '2026-11-20', true),
    row('B01AF01-TAB', '2026-12-01', false),
  ];

  test('the last word decides today; others are coming or overridden', () => {
    const states = rows.map((one) => entryState(one, '2026-11-22'));
    expect(states).toEqual(['overridden', 'holds', 'coming']);
  });

  test('shows what decides today, or all that has not ended, by words', () => {
    expect(shownEntries(rows, {})).toEqual([rows[1]]);
    expect(shownEntries(rows, { view: 'all' })).toEqual(rows);
    expect(shownEntries(rows, { view: 'all', q: 'b01af' })).toEqual([rows[2]]);
    expect(shownEntries(rows, { q: '氨氯地平' })).toEqual([rows[1]]);
    expect(shownEntries(rows, { q: 'insulin' })).toEqual([]);
  });

  test('days left empty are left to the server', () => {
    const values = { drug_code: 'C08CA01-TAB', available: false, ends_on: null, note: ' 缺货 ' };
    expect(entryBody(values, 'o1')).toEqual({
      org_id: 'o1',
      drug_code: 'C08CA01-TAB',
      available: false,
      starts_on: null,
      ends_on: null,
      note: '缺货',
    });
  });

  test('beginnings of codes stand for drugs, each once', () => {
    const drug = (code: string) => ({ code, zh: code, en: '', attributes: {} });
    const catalogue = [drug('A02BC01-CAP'), drug('A02BC05-TAB'), drug('N02BE01-TAB')];
    const codes = drugsOf(catalogue, ['A02BC05', 'A02BC']).map((one) => one.code);
    expect(codes).toEqual(['A02BC05-TAB', 'A02BC01-CAP']);
  });

  test('a centre keeps its own and the clinics below it', () => {
    const node = (id: string, parent_id: string | null, kind: string) => ({
      ...{ id, parent_id, kind, code: id, name: id, short_name: id, level: '', state: 'open' },
      ...{ depth: 0, children: 0, is_waypoint: false },
    });
    const nodes = [
      node('region', null, 'region'),
      node('lead', 'region', 'lead-hospital'),
      node('town', 'region', 'township-centre'),
      node('village', 'town', 'village-clinic'),
    ];
    const ids = (reach: string) => keptBy(nodes, 'town', reach).map((one) => one.id);
    expect(ids('org')).toEqual(['town']);
    expect(ids('below')).toEqual(['town', 'village']);
    expect(ids('group')).toEqual(['lead', 'town', 'village']);
  });
});
