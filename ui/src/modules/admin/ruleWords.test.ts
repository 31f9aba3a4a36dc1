import { beforeEach, expect, test } from 'vitest';
import { applyTexts, flatten } from '@/i18n';
import admin from './locales/zh-CN.json';
import { dayText, fieldText, namesOf, pathText, sourceText, valueText } from './ruleWords';

beforeEach(() => {
  const table = new Map<string, string>();
  flatten('admin', admin, table);
  // What the modules of these codes call them.
  table.set('referral.vital.systolic_mmhg', '收缩压');
  table.set('referral.state.submitted', '已提交');
  table.set('referral.kind.emergency', '绿色通道');
  table.set('referral.level.2', '基层中心');
  table.set('network.kind.village-clinic', '村卫生室');
  table.set('record.field.birth-date', '出生日期');
  table.set('record.source.by.newest', '最近变更');
  applyTexts('zh-CN', table);
});

test('names and codes of a rule are read in words', () => {
  expect(fieldText('bed_wait_minutes')).toBe('等床锁定分钟数');
  expect(fieldText('systolic_mmhg')).toBe('收缩压');
  expect(fieldText('village-clinic')).toBe('村卫生室');
  expect(fieldText('birth_date')).toBe('出生日期');
  expect(valueText('newest', 'birth_date')).toBe('最近变更');
  expect(fieldText('not_known_yet')).toBe('not known yet');
  expect(valueText('submitted', 'state')).toBe('已提交');
  expect(valueText('emergency', 'kind')).toBe('绿色通道');
  expect(valueText('yes-no', 'kind')).toBe('是或否');
  expect(valueText(2, 'village-clinic', 'levels')).toBe('基层中心');
  expect(valueText('I21', 'icd_prefix')).toBe('I21');
  expect(pathText('clocks[3].minutes')).toBe('各状态的时限 › 第 4 条 › 分钟');
});

test('the first version of a rule says so in words', () => {
  expect(dayText('1970-01-01')).toBe('系统启用日');
  expect(sourceText('local setting')).toBe('本地设定');
});

test('names that have words are listed once', () => {
  expect(namesOf({ clocks: [{ state: 'a' }, { state: 'b', x: 1 }] })).toEqual(['clocks', 'state']);
});
