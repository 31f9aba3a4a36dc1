import { Fragment } from 'react';
import { t, textOr } from '@/i18n';
import type { Place } from '../place';
import type { Segment } from '../types';
import { Scroll } from './Scroll';

/** The segments with their fields; the field at fault stands out, also one that is missing. */
export function Segments({ segments, places }: { segments: Segment[]; places: readonly Place[] }) {
  return (
    <Scroll label={t('hl7v2.message.segments')}>
      <table className="hl7-table">
        <thead className="lt-visually-hidden">
          <tr>
            <th scope="col">{t('hl7v2.message.field')}</th>
            <th scope="col">{t('hl7v2.message.content')}</th>
          </tr>
        </thead>
        <tbody>
          {segments.map((segment) => (
            <Rows
              key={`${segment.name}${segment.sequence}`}
              segment={segment}
              places={places.filter(
                (place) => place.segment === segment.name && place.sequence === segment.sequence,
              )}
            />
          ))}
          {missing(segments, places).map((place) => (
            <tr key={place.segment} className="hl7-segment" data-hit="true">
              <th scope="rowgroup" colSpan={2}>
                {place.segment} · {t('hl7v2.message.segment-missing')}
              </th>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Places in segments that the message does not have. */
function missing(segments: Segment[], places: readonly Place[]): Place[] {
  return places.filter((place) => !segments.some((one) => one.name === place.segment));
}

function Rows({ segment, places }: { segment: Segment; places: Place[] }) {
  const hits = new Set(places.flatMap((place) => place.field ?? []));
  const absent = [...hits].filter((hit) => !segment.fields.some((one) => one.number === hit));
  const fields = [...segment.fields, ...absent.map((number) => ({ number, text: '' }))];
  const name = textOr('', `hl7v2.segment.${segment.name}`);
  return (
    <Fragment>
      <tr className="hl7-segment" data-hit={places.some((place) => place.field === undefined)}>
        <th scope="rowgroup" colSpan={2}>
          {segment.name}
          {segment.sequence > 1 && ` [${segment.sequence}]`}{' '}
          {name && <span className="lt-muted">{name}</span>}
        </th>
      </tr>
      {fields
        .sort((one, other) => one.number - other.number)
        .map((field) => (
          <tr key={field.number} data-hit={hits.has(field.number)}>
            <th scope="row" className="hl7-number">
              {segment.name}-{field.number}
            </th>
            <td className="hl7-code">{field.text || <em>{t('hl7v2.message.empty')}</em>}</td>
          </tr>
        ))}
    </Fragment>
  );
}
