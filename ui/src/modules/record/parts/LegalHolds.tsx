/** Legal holds: while one stands, nothing of the record is deleted. For privacy officers. */
import { useQueryClient } from '@tanstack/react-query';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { Section } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import { dateTimeText } from '@/kit/time';
import { parted } from '@/kit/words';
import { releaseLegalHold, setLegalHold, useLegalHolds, useOrgName } from '../api';
import type { LegalHold } from '../types';

export function LegalHolds({ id }: { id: string }) {
  const may = useCan()('record.hold');
  const holds = useLegalHolds(id, may);
  const queries = useQueryClient();
  // Whose patient this is not, is not told.
  if (!may || !holds.data) return null;
  const again = () => queries.invalidateQueries({ queryKey: ['legal-hold', id] });
  return (
    <Section
      title={t('record.hold.title')}
      extra={
        <ConfirmAction
          label={t('record.hold.set')}
          title={t('record.hold.set')}
          consequence={t('record.hold.set-consequence')}
          note="required"
          danger={false}
          button={{ size: 'small' }}
          onConfirm={async ({ note }) => {
            await setLegalHold(id, note ?? '');
            await again();
          }}
        />
      }
    >
      {holds.data.length === 0 && <p className="record-plain lt-muted">{t('record.hold.none')}</p>}
      <ul className="record-list">
        {holds.data.map((hold) => (
          <HoldRow key={hold.id} hold={hold} onDone={again} />
        ))}
      </ul>
    </Section>
  );
}

function HoldRow({ hold, onDone }: { hold: LegalHold; onDone: () => Promise<void> }) {
  const orgName = useOrgName();
  const stands = hold.state === 'set';
  const set = [orgName(hold.org_id), hold.set_by, dateTimeText(hold.set_at)];
  return (
    <li>
      <span>
        <StatusTag
          tone={stands ? 'soon' : 'neutral'}
          label={t(`record.hold.state.${hold.state}`)}
        />{' '}
        {hold.reason}
        <span className="record-block lt-muted">{parted(set)}</span>
        {hold.released_at && (
          <span className="record-block lt-muted">
            {parted([
              t('record.hold.released'),
              hold.release_reason ?? '',
              hold.released_by ?? '',
              dateTimeText(hold.released_at),
            ])}
          </span>
        )}
      </span>
      {stands && (
        <ConfirmAction
          label={t('record.hold.release')}
          title={t('record.hold.release')}
          consequence={t('record.hold.release-consequence')}
          note="required"
          button={{ size: 'small' }}
          onConfirm={async ({ note }) => {
            await releaseLegalHold(hold, note ?? '');
            await onDone();
          }}
        />
      )}
    </li>
  );
}
