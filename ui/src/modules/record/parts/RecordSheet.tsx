import { t } from '@/i18n';
import { PrintSheet } from '@/kit/Print';
import { ENTRY_KINDS, type Entry, entryOf, stateText } from '../fhir/entries';
import type { Resource } from '../fhir/resource';
import { sourceContext, sourceText } from '../fhir/source';
import { newestFirst } from '../fhir/streams';
import { momentText } from '../fhir/times';
import { flagText } from '../fhir/values';

interface RecordSheetProps {
  name: string;
  resources: Resource[];
  orgName: (id: string | undefined) => string;
  printedBy: string;
}

/** A whole record on paper, kind by kind, each line with its time and source. */
export function RecordSheet({ name, resources, orgName, printedBy }: RecordSheetProps) {
  const context = sourceContext(orgName, resources);
  const entries = resources.flatMap((one) => entryOf(one, context) ?? []).sort(newestFirst);
  const kinds = ENTRY_KINDS.filter((kind) => entries.some((entry) => entry.kind === kind));
  return (
    <PrintSheet title={t('record.download.title', { name })} printedBy={printedBy}>
      {kinds.map((kind) => (
        <div key={kind}>
          <h2>{t(`record.chart.kind.${kind}`)}</h2>
          <table>
            <tbody>
              {entries
                .filter((entry) => entry.kind === kind)
                .map((entry) => (
                  <PaperLine key={entry.address} entry={entry} />
                ))}
            </tbody>
          </table>
        </div>
      ))}
      {kinds.length === 0 && <p>{t('record.chart.none')}</p>}
    </PrintSheet>
  );
}

function PaperLine({ entry }: { entry: Entry }) {
  return (
    <tr>
      <th scope="row">{momentText(entry.at) || t('record.chart.undated')}</th>
      <td>
        <b>{entry.title}</b> {entry.says} {entry.flag && flagText(entry.flag)}{' '}
        {entry.state && stateText(entry.state)}
        <div>
          <small>{sourceText(entry.source)}</small>
        </div>
      </td>
    </tr>
  );
}
