import { t, textOr } from '@/i18n';
import { type Difference, differences } from '../mapping';
import type { Mapping } from '../types';
import { Scroll } from './Scroll';

/** What two mappings have differently, part by part. */
export function Differences({ before, after }: { before: Mapping; after: Mapping }) {
  const rows = differences(before, after);
  if (rows.length === 0) return <p className="lt-muted">{t('hl7v2.mapping.no-differences')}</p>;
  return (
    <Scroll label={t('hl7v2.mapping.differences')}>
      <table className="hl7-table">
        <thead>
          <tr>
            <th scope="col">{t('hl7v2.mapping.part')}</th>
            <th scope="col">{t('hl7v2.mapping.before')}</th>
            <th scope="col">{t('hl7v2.mapping.after')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.part}>
              <th scope="row">{partText(row.part)}</th>
              <td className="hl7-code">{valueText(row, row.before)}</td>
              <td className="hl7-code">{valueText(row, row.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Not named: as usual. Places that are named and empty: there is no such field. */
function valueText(row: Difference, value: string | undefined) {
  if (value) return value;
  const absent = value === '' && row.part.startsWith('paths.');
  return (
    <span className="lt-muted">
      {absent ? t('hl7v2.mapping.absent') : t('hl7v2.mapping.usual-word')}
    </span>
  );
}

/** What a part of a mapping is called: `paths.name[1]` → 字段位置 · 姓名. */
export function partText(part: string): string {
  const [group = '', name = '', ...rest] = part.replace(/\[\d+\]/g, '').split('.');
  const code = rest.join('.');
  switch (group) {
    case 'paths':
      return `${t('hl7v2.mapping.paths')} · ${textOr(name, `hl7v2.field.${name}`)}`;
    case 'codes':
      return [textOr(name, `hl7v2.map.${name}`), code].filter(Boolean).join(' · ');
    case 'items':
      return [t('hl7v2.mapping.items'), [name, code].filter(Boolean).join('.')].join(' · ');
    case 'utc_offset_minutes':
      return t('hl7v2.mapping.offset');
    case 'visit_class':
      return t('hl7v2.mapping.class');
    case 'system':
      return t('hl7v2.mapping.system');
    case 'note':
      return t('hl7v2.mapping.note');
    default:
      return part;
  }
}
