import { ManOutlined, SafetyOutlined, WomanOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { t } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import { dateTimeText, shortTimeText, useNow } from '@/kit/time';
import { BED_TONES, bedLook } from '../queries';
import type { Bed } from '../types';

interface BedCellProps {
  bed: Bed;
  chosen: boolean;
  onChoose: () => void;
}

/** One bed on the map; the tooltip says who and why. */
export function BedCell({ bed, chosen, onChoose }: BedCellProps) {
  const now = useNow();
  const look = bedLook(bed);
  return (
    <Tooltip title={bedStory(bed)} placement="bottom">
      <button
        type="button"
        className="resources-bed"
        data-tone={BED_TONES[look]}
        aria-pressed={chosen}
        onClick={onChoose}
      >
        <span className="resources-bed-head">
          <strong>{bed.code}</strong>
          <SexMark bed={bed} />
          {bed.isolation && <SafetyOutlined aria-label={t('resources.isolation')} />}
        </span>
        <StatusTag plain tone={BED_TONES[look]} label={t(`resources.bed-state.${look}`)} />
        <span className="resources-bed-note lt-figures">{note(bed, now)}</span>
      </button>
    </Tooltip>
  );
}

/** The patient's sex while somebody lies in it, else whom it takes. */
function SexMark({ bed }: { bed: Bed }) {
  const sex = bed.patient_sex ?? bed.sex_rule;
  if (sex === 'male') return <ManOutlined aria-label={t('resources.sex.male')} />;
  if (sex === 'female') return <WomanOutlined aria-label={t('resources.sex.female')} />;
  return null;
}

function note(bed: Bed, now: number): string {
  if (bed.hold) return t('resources.beds.until', { at: shortTimeText(bed.hold.until, now) });
  if (bed.leave_on) return t('resources.beds.leaves', { day: bed.leave_on.slice(5) });
  if (bed.state === 'open' && bed.channel !== 'routine') {
    return t(`resources.channel-short.${bed.channel}`);
  }
  return '';
}

/** Who has it, since when, until when and why, in one line. */
export function bedStory(bed: Bed): string {
  const parts = [t(`resources.bed-state.${bedLook(bed)}`)];
  if (bed.hold) {
    parts.push(
      t('resources.beds.held-by', {
        org: bed.hold.for_org,
        until: dateTimeText(bed.hold.until),
      }),
    );
  }
  if (bed.state !== 'open') parts.push(t('resources.beds.since', { at: dateTimeText(bed.since) }));
  if (bed.leave_on) parts.push(t('resources.beds.leaves', { day: bed.leave_on }));
  if (bed.note) parts.push(bed.note);
  return parts.join(' · ');
}
