/** The cases behind a figure. */
import { Segmented } from 'antd';
import { call, type Page } from '@/api/client';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { SidePreview } from '@/kit/SidePreview';
import { usePages } from '@/kit/usePages';
import type { IndicatorCode } from '../statistics';
import type { ReferralRow } from '../types';
import { ReferralPhoneRow, referralColumns } from './rows';

export interface Behind {
  month: string;
  org_id: string;
  org_name: string;
  code: IndicatorCode;
  part: 'numerator' | 'denominator';
}

export interface BehindDrawerProps {
  behind: Behind | null;
  onClose: () => void;
  onPart: (behind: Behind) => void;
}

const PLAIN = new Set<IndicatorCode>([
  'up-sent',
  'up-received',
  'exam-received',
  'advice-received',
  'down-sent',
  'down-received',
]);

export function BehindDrawer({ behind, onClose, onPart }: BehindDrawerProps) {
  return (
    <SidePreview
      open={behind !== null}
      onClose={onClose}
      width={720}
      title={behind ? `${behind.org_name} · ${t(`referral.indicator.${behind.code}`)}` : ''}
      extra={behind?.month}
    >
      {behind && behind.code === 'follow-up-completion' && (
        <PathLink
          to={`/referral/follow-ups?state=done&month=${behind.month}&org_id=${behind.org_id}`}
        >
          {t('referral.stats.open-follow-ups')}
        </PathLink>
      )}
      {behind && behind.code !== 'follow-up-completion' && (
        <>
          {!PLAIN.has(behind.code) && (
            <Segmented
              value={behind.part}
              options={(['numerator', 'denominator'] as const).map((value) => ({
                value,
                label: t(`referral.stats.${value}`),
              }))}
              onChange={(part) => onPart({ ...behind, part })}
            />
          )}
          <Cases behind={behind} />
        </>
      )}
    </SidePreview>
  );
}

function Cases({ behind }: { behind: Behind }) {
  const go = useGo();
  const { month, org_id, code, part } = behind;
  const pages = usePages<ReferralRow>(['referral-statistics', 'rows', behind], (after, signal) =>
    call<Page<ReferralRow>>('GET', '/api/referrals/statistics/rows', {
      query: { month, org_id, indicator: code, part, after, limit: 50 },
      signal,
    }),
  );
  const keep = new Set(['patient', 'diagnosis', 'state', 'submitted']);
  return (
    <DataTable<ReferralRow>
      id="referral.behind"
      plain
      label={t(`referral.indicator.${code}`)}
      columns={referralColumns('inbox').filter((column) => keep.has(column.key))}
      pages={pages}
      rowKey={(row) => row.id}
      onOpen={(row) => go(`/referral/${row.id}`)}
      phoneRow={(row) => <ReferralPhoneRow row={row} box="inbox" />}
      quiet
    />
  );
}
