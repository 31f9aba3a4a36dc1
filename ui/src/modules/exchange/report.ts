/** The path of an import, and narrowing what was found in it. */
import { t } from '@/i18n';
import type { Step, StepStatus } from '@/kit/Stepper';
import type { Finding, ImportState } from './types';

/** Uploaded, checked, taken in; or out of the way where the file has errors. */
export function pathOf(state: ImportState): Step[] {
  const check: Record<ImportState, StepStatus> = { ready: 'done', faulty: 'exit', applied: 'done' };
  const apply: Record<ImportState, StepStatus> = {
    ready: 'current',
    faulty: 'todo',
    applied: 'done',
  };
  return [
    { key: 'upload', label: t('exchange.step.upload'), status: 'done' },
    { key: 'check', label: t('exchange.step.check'), status: check[state] },
    { key: 'apply', label: t('exchange.step.apply'), status: apply[state] },
  ];
}

/** Findings of one weight, one sheet, with words in cell, value or message. */
export function filterFindings(
  findings: Finding[],
  filters: { severity?: string; sheet?: string; q?: string },
): Finding[] {
  const words = (filters.q ?? '').toLowerCase();
  return findings.filter((one) => {
    if (filters.severity && one.severity !== filters.severity) return false;
    if (filters.sheet && one.sheet !== filters.sheet) return false;
    const text = `${one.cell} ${one.column ?? ''} ${one.value ?? ''} ${one.message_zh} ${one.message_en}`;
    return text.toLowerCase().includes(words);
  });
}
