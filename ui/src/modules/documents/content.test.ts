import { expect, test } from 'vitest';
import { contentOf, valuesOf } from './content';
import type { DischargeContent } from './types';

const DRAFT: DischargeContent = {
  patient_id: 'p',
  source: 'encounter',
  stay_id: 's',
  number: 'ZY7',
  admitted_on: '2026-11-02',
  discharged_on: null,
  place: null,
  diagnoses: [{ code: 'J15.9', display: '肺炎' }],
  course: '',
  results: [{ name: '白细胞', value: '5.60', at: null }],
  findings: '',
  medications: ['阿莫西林 0.5g', '氨溴索'],
  condition: '',
  advice: '',
  replaces_id: null,
};

test('what was filled in goes back as it was', () => {
  expect(contentOf(DRAFT, valuesOf(DRAFT))).toEqual(DRAFT);
});

test('empty lines are left out', () => {
  const values = valuesOf(DRAFT);
  const sent = contentOf(DRAFT, {
    ...values,
    diagnoses: [{ display: ' ' }, { code: '', display: ' 高血压 ' }],
    medications: ' 甲 \n\n乙',
    results: [{}],
  });
  expect(sent.diagnoses).toEqual([{ code: null, display: '高血压' }]);
  expect(sent.medications).toEqual(['甲', '乙']);
  expect(sent.results).toEqual([]);
});
