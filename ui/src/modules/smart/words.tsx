/** Scopes in plain words. */
import { t, textOr } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import { listed, pair } from '@/kit/words';
import type { AppRow, DataScope } from './types';

const RIGHTS = ['r', 's', 'c', 'u', 'd'] as const;

/** `该居民的检查检验结果：查看、检索`. */
export function dataText(one: DataScope): string {
  const what =
    one.resource === '*' ? t('smart.what.all') : textOr(one.resource, `smart.what.${one.resource}`);
  const rights = RIGHTS.filter((right) => one.rights.includes(right));
  return pair(
    t(`smart.level.${one.level}`, { what }),
    listed(rights.map((right) => t(`smart.right.${right}`))),
  );
}

export function AppTag({ state }: { state: AppRow['state'] }) {
  return (
    <StatusTag tone={state === 'active' ? 'done' : 'neutral'} label={t(`smart.state.${state}`)} />
  );
}
