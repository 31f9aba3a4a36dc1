import { Checkbox, Select } from 'antd';
import { t, textOr } from '@/i18n';
import { fieldNames } from '../mapping';
import type { Mapping } from '../types';

type Paths = Record<string, string[]>;

interface MappingPathsProps {
  paths: Paths;
  usual: Mapping;
  onChange: (paths: Paths) => void;
}

/** Where each field lies: as usual, at places of its own, or nowhere. */
export function MappingPaths({ paths, usual, onChange }: MappingPathsProps) {
  function change(name: string, places: string[] | undefined) {
    const { [name]: _, ...rest } = paths;
    onChange(places ? { ...rest, [name]: places } : rest);
  }
  return (
    <table className="hl7-table hl7-form-table">
      <thead>
        <tr>
          <th scope="col">{t('hl7v2.mapping.field')}</th>
          <th scope="col">{t('hl7v2.mapping.places')}</th>
          <th scope="col">{t('hl7v2.mapping.absent')}</th>
        </tr>
      </thead>
      <tbody>
        {fieldNames(usual).map((name) => {
          const own = paths[name];
          const absent = own !== undefined && own.length === 0;
          const label = textOr(name, `hl7v2.field.${name}`);
          const places = usual.paths[name]?.join('  ') || t('hl7v2.mapping.nowhere');
          return (
            <tr key={name}>
              <th scope="row">{label}</th>
              <td>
                <Select
                  mode="tags"
                  open={false}
                  suffixIcon={null}
                  className="lt-full"
                  aria-label={`${label} ${t('hl7v2.mapping.places')}`}
                  disabled={absent}
                  tokenSeparators={[' ', ',']}
                  placeholder={t('hl7v2.mapping.default', { text: places })}
                  value={own ?? []}
                  onChange={(next: string[]) => change(name, next.length > 0 ? next : undefined)}
                />
              </td>
              <td>
                <Checkbox
                  aria-label={`${label} ${t('hl7v2.mapping.absent')}`}
                  checked={absent}
                  onChange={(event) => change(name, event.target.checked ? [] : undefined)}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
