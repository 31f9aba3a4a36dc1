/** Events in words: thing and act, each translated on its own. */
import { t, textOr } from '@/i18n';

/** `bed.leave-expected` → `床位 · 登记预计出院`; what has no word shows as it is. */
export function eventText(event: string): string {
  const [kind = event, ...rest] = event.split('.');
  const act = rest.join('.');
  const thing = textOr(kind, `admin.kind.${kind}`);
  if (!act) return thing;
  const word = textOr(act.replaceAll('-', ' '), `admin.act.${act}`);
  return t('admin.audit.thing-act', { thing, act: word });
}
