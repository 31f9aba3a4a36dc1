import { t } from '@/i18n';
import { changedLines } from '../lines';
import { linesWith, type Place, segmentLines } from '../place';
import { Scroll } from './Scroll';

interface MessageTextProps {
  text: string;
  label: string;
  places?: readonly Place[];
}

/** The text of a message, a segment a line, with the fault marked where it lies. */
export function MessageTextView({ text, label, places = [] }: MessageTextProps) {
  return (
    <Scroll label={label}>
      <ol className="hl7-text">
        {linesWith(text, places).map((line, index) => (
          <li key={index} data-hit={line.hit}>
            {line.runs.map((run, at) =>
              run.hit ? <mark key={at}>{run.text}</mark> : <span key={at}>{run.text}</span>,
            )}
          </li>
        ))}
      </ol>
    </Scroll>
  );
}

/** What changed from one text to another; nothing is said where nothing did. */
export function TextChanges({ before, after }: { before: string; after: string }) {
  const lines = changedLines(segmentLines(before), segmentLines(after));
  if (lines.every((line) => line.kind === 'same')) {
    return <p className="lt-muted">{t('hl7v2.repair.unchanged')}</p>;
  }
  return (
    <Scroll label={t('hl7v2.repair.changes')}>
      <ol className="hl7-text">
        {lines.map((line, index) => (
          <li key={index} data-kind={line.kind}>
            {line.text}
          </li>
        ))}
      </ol>
    </Scroll>
  );
}
