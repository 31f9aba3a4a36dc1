/** The small pieces that every referral screen shows the same way. */
import { FlagFilled, RollbackOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { t, textOr } from '@/i18n';
import { Clock } from '@/kit/Clock';
import { StatusTag } from '@/kit/StatusTag';
import { parted } from '@/kit/words';
import type { Kind, Priority, Sex, State } from '../types';
import { isEnded, kindText, stateText, stateTone } from '../words';

export function StateTag({ state, plain }: { state: State; plain?: boolean }) {
  return <StatusTag tone={stateTone(state)} label={stateText(state)} plain={plain} />;
}

/** What sort of case, and how much it presses where that is out of the ordinary. */
export function KindTag({ kind, priority }: { kind: Kind; priority: Priority }) {
  const green = kind === 'emergency';
  return (
    <span className="referral-kind">
      <span>{kindText(kind)}</span>
      {(green || priority !== 'routine') && (
        <StatusTag
          plain
          tone={priority === 'urgent' && !green ? 'soon' : 'emergency'}
          label={t(`referral.priority.${green ? 'emergency' : priority}`)}
        />
      )}
    </span>
  );
}

/** `张三 男 67 岁`. */
export function PatientLine(props: { name: string; sex: Sex; age?: number | null }) {
  return (
    <span className="referral-patient">
      <b>{props.name}</b> <span className="lt-figures">{sexAge(props.sex, props.age)}</span>
    </span>
  );
}

export function sexAge(sex: Sex, age: number | null | undefined): string {
  const years = age === null || age === undefined ? '' : t('referral.unit.years', { n: age });
  return [t(`referral.sex.${sex}`), years].filter(Boolean).join(' ');
}

/** Red flags and a return to hospital: marks beside a name, with their words on request. */
export function Marks({ red_flags, readmission }: { red_flags: string[]; readmission: boolean }) {
  return (
    <>
      {red_flags.length > 0 && (
        <Tooltip title={parted(red_flags.map(flagText))}>
          <span className="referral-mark" data-tone="emergency">
            <FlagFilled aria-hidden="true" />
            <span className="lt-visually-hidden">{t('referral.mark.red-flags')}</span>
          </span>
        </Tooltip>
      )}
      {readmission && (
        <Tooltip title={t('referral.mark.readmission')}>
          <span className="referral-mark" data-tone="soon">
            <RollbackOutlined aria-hidden="true" />
            <span className="lt-visually-hidden">{t('referral.mark.readmission')}</span>
          </span>
        </Tooltip>
      )}
    </>
  );
}

export function flagText(code: string): string {
  return textOr(code, `referral.flag.${code}`);
}

export interface CaseClockProps {
  state: State;
  since: string;
  due?: string | null;
  ended?: string | null;
  waitsFor?: string;
  plain?: boolean;
}

/** How long a running case waits; nothing for a draft, the time taken for an ended one. */
export function CaseClock({ state, since, due, ended, waitsFor, plain }: CaseClockProps) {
  if (state === 'draft') return <span className="lt-muted">—</span>;
  if (isEnded(state)) {
    return ended ? <Clock since={since} ended={ended} plain={plain} /> : null;
  }
  return <Clock since={since} due={due} waitsFor={waitsFor} plain={plain} />;
}
