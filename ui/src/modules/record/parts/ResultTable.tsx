import { t } from '@/i18n';
import type * as R from '../fhir/resource';
import { momentText } from '../fhir/times';
import {
  conceptText,
  figureText,
  flagOf,
  measuredText,
  observedAt,
  rangeOf,
  rangeText,
  unitText,
} from '../fhir/values';
import { FlagMark } from './FlagMark';

/** Values one below another, each with its unit and its own range. */
export function ResultTable({ observations }: { observations: R.Observation[] }) {
  const rows = observations.flatMap((one) =>
    partsOf(one).map((part, index) => ({ key: `${one.id}-${index}`, one, part })),
  );
  // Where all are of one moment, it stands above the table already.
  const timed = new Set(observations.map(observedAt)).size > 1;
  return (
    <div className="record-table">
      <table aria-label={t('record.doc.results')}>
        <thead>
          <tr>
            <th scope="col">{t('record.sheet.item')}</th>
            <th scope="col" className="record-number">
              {t('record.sheet.value')}
            </th>
            <th scope="col">{t('record.sheet.unit')}</th>
            <th scope="col">{t('record.sheet.range')}</th>
            {timed && <th scope="col">{t('record.chart.time')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, one, part }) => {
            const flag = flagOf(part);
            return (
              <tr key={key}>
                <th scope="row">{conceptText(part.code) || conceptText(one.code)}</th>
                <td className="record-number lt-figures record-nowrap">
                  <b>{part.valueQuantity ? figureText(part.valueQuantity) : measuredText(part)}</b>{' '}
                  {flag && <FlagMark flag={flag} short />}
                </td>
                <td>{unitText(part.valueQuantity)}</td>
                <td className="lt-figures record-nowrap">{rangeText(rangeOf(part))}</td>
                {timed && <td className="lt-figures">{momentText(observedAt(one))}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function partsOf(observation: R.Observation): R.ObservationPart[] {
  const parts = observation.component ?? [];
  return parts.length === 0 || measuredText(observation) ? [observation, ...parts] : parts;
}
