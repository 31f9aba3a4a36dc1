import { Tag } from 'antd';
import { t } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import { type Entry, stateText, stateTone } from '../fhir/entries';
import { type Line, lineFlag } from '../fhir/groups';
import { sourceText } from '../fhir/source';
import { clockText } from '../fhir/times';
import { FlagMark } from './FlagMark';
import { KIND_ICONS } from './kinds';

/** Values one line shows; the rest is counted. */
const VALUES_MAX = 8;

interface TimelineLineProps {
  line: Line;
  /** Something of it came since the last look. */
  fresh: boolean;
  onOpen: () => void;
}

/** One line: when, what kind, what, from where. All of it opens the detail. */
export function TimelineLine({ line, fresh, onOpen }: TimelineLineProps) {
  const { entry, together } = line;
  const flag = lineFlag(line);
  return (
    <li>
      <button
        type="button"
        className="record-line"
        data-kind={entry.kind}
        data-mistaken={entry.mistaken || undefined}
        onClick={onOpen}
      >
        <span className="record-line-time lt-figures">{clockText(entry.at)}</span>
        <span className="record-line-kind">
          <span aria-hidden="true">{KIND_ICONS[entry.kind]}</span>{' '}
          {t(`record.chart.kind.${entry.kind}`)}
        </span>
        <span className="record-line-text">
          <LineText line={line} /> {flag && together.length === 1 && <FlagMark flag={flag} />}{' '}
          {entry.state && (
            <StatusTag plain tone={stateTone(entry.state)} label={stateText(entry.state)} />
          )}{' '}
          {fresh && <Tag color="cyan">{t('record.chart.new')}</Tag>}
        </span>
        <span className="record-line-source lt-muted">{sourceText(entry.source)}</span>
      </button>
    </li>
  );
}

function LineText({ line }: { line: Line }) {
  const { entry, together } = line;
  const isReport = entry.resource.resourceType === 'DiagnosticReport';
  if (together.length === 1 && !isReport) {
    return (
      <>
        <b>{entry.title}</b> <span className="record-line-says">{entry.says}</span>
      </>
    );
  }
  const results = together.filter((one) => !(isReport && one === entry));
  return (
    <>
      {isReport && <b>{entry.title}</b>}
      {isReport && entry.says && <span className="record-line-says"> {entry.says}</span>}
      {results.length > 0 && <Values results={results} below={isReport} />}
    </>
  );
}

/** Values one after another, those outside what is usual first. */
function Values({ results, below }: { results: Entry[]; below: boolean }) {
  const ordered = [...results].sort((one, other) => rank(one) - rank(other));
  const rest = ordered.length - VALUES_MAX;
  return (
    <span className="record-values" data-below={below || undefined}>
      {ordered.slice(0, VALUES_MAX).map((one) => (
        <span key={one.address} className="record-value">
          {one.title} <b className="lt-figures">{one.says}</b>
          {one.flag && <FlagMark flag={one.flag} short />}
        </span>
      ))}
      {rest > 0 && <span className="lt-muted">{t('record.chart.and-more', { n: rest })}</span>}
    </span>
  );
}

function rank({ flag }: Entry): number {
  if (!flag) return 2;
  return flag.startsWith('critical') ? 0 : 1;
}
