/** What the rules say while the form is filled in: a live request, red flags, level, targets, and why. */
import { FlagFilled } from '@ant-design/icons';
import { Alert } from 'antd';
import { language, t, textOr } from '@/i18n';
import { PathLink } from '@/kit/PathLink';
import { StatusTag } from '@/kit/StatusTag';
import { shortTimeText, useNow } from '@/kit/time';
import { withNote } from '@/kit/words';
import type { Because, LiveRequest, PreflightAnswer, Suggestion, Target } from '../types';
import { unitText, VITALS, vitalLabel } from '../vitals';
import { distanceText, kindText, stateText } from '../words';
import { flagText } from './bits';

/** A live request for the same problem: said before anything is typed twice. */
export function LiveWarning({ answer }: { answer: PreflightAnswer | undefined }) {
  if (!answer?.live) return null;
  return (
    <Alert
      type="error"
      showIcon
      className="referral-live"
      title={t('referral.preflight.live')}
      description={<LiveLine live={answer.live} />}
    />
  );
}

function LiveLine({ live }: { live: LiveRequest }) {
  if (!live.id) return <>{t('referral.preflight.live-elsewhere')}</>;
  return (
    <PathLink to={`/referral/${live.id}`}>
      {[live.kind && kindText(live.kind), live.number, live.state && stateText(live.state)]
        .filter(Boolean)
        .join(' · ')}
    </PathLink>
  );
}

export interface SuggestionPanelProps {
  answer: PreflightAnswer | undefined;
  chosen_org_id?: string;
  onTarget: (target: Target) => void;
  onKind: (suggestion: Suggestion) => void;
  kind: string;
}

export function SuggestionPanel({
  answer,
  chosen_org_id,
  onTarget,
  onKind,
  kind,
}: SuggestionPanelProps) {
  if (!answer) return <p className="lt-muted referral-plain">{t('referral.suggestion.none')}</p>;
  const { suggestion, others } = answer;
  // Before anything is filled in the rules have nothing to say.
  const silent = suggestion.verdict === 'unknown' && suggestion.because.length === 0;
  const differs = suggestion.kind !== kind && suggestion.verdict !== 'unknown';
  return (
    <div className="referral-suggestion">
      {suggestion.red_flags.length > 0 && (
        <div className="referral-alarm" data-tone="emergency" role="status">
          <FlagFilled aria-hidden="true" /> {t('referral.mark.red-flags')}
          <ul>
            {suggestion.red_flags.map((flag) => (
              <li key={flag.code}>{redFlagText(flag)}</li>
            ))}
          </ul>
        </div>
      )}
      {silent && <p className="lt-muted referral-plain">{t('referral.suggestion.none')}</p>}
      <p className="referral-plain" hidden={silent}>
        <StatusTag
          tone={suggestion.verdict === 'refer' ? 'soon' : 'neutral'}
          label={t(`referral.verdict.${suggestion.verdict}`)}
        />{' '}
        {suggestion.verdict !== 'unknown' && (
          <b>
            {kindText(suggestion.kind)} · {t(`referral.priority.${suggestion.priority}`)}
          </b>
        )}
      </p>
      {differs && (
        <button type="button" className="lt-link" onClick={() => onKind(suggestion)}>
          {t('referral.suggestion.take-kind', { kind: kindText(suggestion.kind) })}
        </button>
      )}
      <WhyList reasons={suggestion.because} version={suggestion.rule_version} />
      {suggestion.targets.length > 0 && (
        <ul className="referral-targets" aria-label={t('referral.suggestion.targets')}>
          {suggestion.targets.map((target, index) => (
            <li key={target.org_id}>
              <button
                type="button"
                aria-pressed={target.org_id === chosen_org_id}
                onClick={() => onTarget(target)}
              >
                <b>{target.name}</b>
                {index === 0 && !silent && (
                  <StatusTag plain tone="done" label={t('referral.suggestion.first')} />
                )}
                <span className="lt-muted">
                  <TargetText target={target} silent={silent} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <div>
          <p className="lt-muted referral-plain">{t('referral.preflight.others')}</p>
          <ul className="referral-others">
            {others.map((other) => (
              <li key={other.id ?? other.number}>
                <LiveLine live={other} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function TargetText({ target, silent }: { target: Target; silent: boolean }) {
  const now = useNow();
  // Without a specialty nobody has looked for places: then none are missing either.
  const none = silent ? '' : t('referral.because.no-places');
  const special = target.because.some((one) => one.code === 'has-specialty');
  return (
    <>
      {[
        distanceText(target.distance_meters),
        special ? t('referral.because.has-specialty') : '',
        target.free_places > 0 && target.first_free_at
          ? t('referral.because.places', {
              n: target.free_places,
              first: shortTimeText(target.first_free_at, now),
            })
          : none,
      ]
        .filter(Boolean)
        .join(' · ')}
    </>
  );
}

function WhyList({ reasons, version }: { reasons: Because[]; version: number }) {
  if (reasons.length === 0) return null;
  return (
    <details className="referral-why">
      <summary>{t('referral.suggestion.why')}</summary>
      <ul>
        {reasons.map((one, index) => (
          <li key={`${one.code}${index}`}>{becauseText(one)}</li>
        ))}
      </ul>
      <p className="lt-muted referral-plain">{t('referral.suggestion.rule', { n: version })}</p>
    </details>
  );
}

/** A reason of the rules in words. */
export function becauseText({ code, data }: Because): string {
  const flag = typeof data.flag === 'string' ? flagText(data.flag) : '';
  const level = typeof data.level === 'number' ? textOr('', `referral.level.${data.level}`) : '';
  const icd = typeof data.icd_prefix === 'string' ? data.icd_prefix : '';
  const key = `referral.because.${code}`;
  return textOr(code, key) === code ? code : t(key, { flag, level, icd });
}

/** A red flag with the value that raised it, and where the limit comes from. */
function redFlagText({ code, data }: Because): string {
  const own = language() === 'en' ? data.en : data.zh;
  if (typeof own === 'string') return own;
  const field = VITALS.find((one) => one.name === data.sign);
  if (!field || typeof data.value !== 'number') return flagText(code);
  const value = field.scale === 1 ? data.value : (data.value / field.scale).toFixed(1);
  return withNote(flagText(code), `${vitalLabel(field.name)} ${value} ${unitText(field)}`);
}
