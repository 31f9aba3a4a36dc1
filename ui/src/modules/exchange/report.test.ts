import { expect, test } from 'vitest';
import { filterFindings, pathOf } from './report';
import type { Finding } from './types';

const findings = [
  {
    severity: 'error',
    sheet: '机构',
    cell: 'C7',
    code: 'x',
    message_zh: '编码重复',
    message_en: 'twice',
    row: 7,
    value: 'A1',
  },
  {
    severity: 'note',
    sheet: '床位',
    cell: 'A1',
    code: 'y',
    message_zh: '跳过标题行',
    message_en: 'skipped',
    row: 1,
  },
] as Finding[];

test('findings are narrowed by weight, sheet and words', () => {
  expect(filterFindings(findings, { severity: 'error' })).toHaveLength(1);
  expect(filterFindings(findings, { sheet: '床位' })[0]?.cell).toBe('A1');
  expect(filterFindings(findings, { q: 'TWICE' })[0]?.cell).toBe('C7');
  expect(filterFindings(findings, { severity: 'note', q: '重复' })).toEqual([]);
});

test('a faulty file leaves the path at the check', () => {
  expect(pathOf('faulty').map((step) => step.status)).toEqual(['done', 'exit', 'todo']);
  expect(pathOf('ready').map((step) => step.status)).toEqual(['done', 'done', 'current']);
});
