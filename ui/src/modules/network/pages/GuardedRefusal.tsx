import { Alert } from 'antd';
import type { ApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { PathLink } from '@/kit/PathLink';

const CODES = new Set([
  'network.needs-decision',
  'network.decision-does-not-cover',
  'network.decision-spent',
]);

/** Whether a refusal is about the six unchanged, and told by `GuardedRefusal`. */
export function isGuarded(error: ApiError | null): boolean {
  return error !== null && CODES.has(error.code);
}

/** Why one of the six unchanged cannot be changed here, and the way out: cite a decision. */
export function GuardedRefusal({ error }: { error: ApiError | null }) {
  const can = useCan();
  if (!error || !isGuarded(error)) return null;
  const fields = (error.data as { fields?: string[] } | undefined)?.fields ?? [];
  return (
    <Alert
      type="warning"
      showIcon
      className="network-note"
      title={t('network.six.refused', {
        fields: fields.map((field) => t(`network.guarded.${field}`)).join(t('network.comma')),
      })}
      description={
        <>
          <p>{t('network.six.way-out')}</p>
          {can('network.decide') ? (
            <PathLink to="/network/decisions/new">{t('network.decisions.new')}</PathLink>
          ) : (
            <span className="lt-muted">{t('network.six.who')}</span>
          )}
        </>
      }
    />
  );
}

/** The codes of a failed check digit: they can be overridden with a reason. */
export const IDENTITY_CODE = 'network.identity-check';
