import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { t } from '@/i18n';
import { listed } from '@/kit/words';
import { linesOf } from '../ruleDiff';
import { fieldText, valueText } from '../ruleWords';
import '../admin.css';

/** The values of a rule: as names and values to read, or as the text that is stored. */
export function RuleBody({ body }: { body: unknown }) {
  const [asText, setAsText] = useState(false);
  return (
    <div className="admin-rule-body">
      <Button type="text" size="small" aria-pressed={asText} onClick={() => setAsText(!asText)}>
        {t(asText ? 'admin.rules.as-list' : 'admin.rules.as-json')}
      </Button>
      {asText ? <pre>{linesOf(body).join('\n')}</pre> : <Value value={body} />}
    </div>
  );
}

interface ValueProps {
  value: unknown;
  /** The field it belongs to, and the one around that: they say what a code means. */
  field?: string;
  within?: string;
}

function Value({ value, field, within }: ValueProps): ReactNode {
  if (value === null || value === undefined) return <span className="lt-muted">—</span>;
  if (typeof value === 'boolean') return t(value ? 'kit.yes' : 'kit.no');
  if (Array.isArray(value)) return <ListValue values={value} field={field} />;
  if (typeof value === 'object') {
    const rows = Object.entries(value);
    if (rows.length > 1 && rows.every(([, inner]) => isFlat(inner))) {
      return <TableValue rows={rows.map(([name, inner]) => ({ name, cells: inner as Flat }))} />;
    }
    return (
      <dl className="admin-values">
        {rows.map(([name, inner]) => (
          <div key={name}>
            <dt>{fieldText(name)}</dt>
            <dd>
              <Value value={inner} field={name} within={field} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  return <span className="lt-figures">{valueText(value, field, within)}</span>;
}

const LIST_SHOWN_MAX = 100;

function ListValue({ values, field }: { values: unknown[]; field?: string }) {
  if (values.length === 0) return <span className="lt-muted">{t('kit.none')}</span>;
  const plain = values.every((value) => typeof value !== 'object' || value === null);
  if (plain) return <span>{listed(values.map((value) => valueText(value, field)))}</span>;
  const shown = values.slice(0, LIST_SHOWN_MAX);
  const more = values.length - shown.length;
  const rest = more > 0 && <p className="lt-muted">{t('admin.rules.more', { n: more })}</p>;
  if (shown.every(isFlat)) {
    return (
      <>
        <TableValue rows={shown.map((cells) => ({ cells }))} within={field} />
        {rest}
      </>
    );
  }
  return (
    <>
      <ol className="admin-list">
        {shown.map((value, index) => (
          <li key={index}>
            <Value value={value} field={field} />
          </li>
        ))}
      </ol>
      {rest}
    </>
  );
}

type Flat = Record<string, unknown>;

/** Names and plain values only: fit for a row of a table. */
function isFlat(value: unknown): value is Flat {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (inner) =>
      typeof inner !== 'object' ||
      inner === null ||
      (Array.isArray(inner) && inner.every((one) => typeof one !== 'object')),
  );
}

interface TableValueProps {
  /** Like things, one a row; a name where they are told apart by one. */
  rows: { name?: string; cells: Flat }[];
  within?: string;
}

function TableValue({ rows, within }: TableValueProps) {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row.cells)))];
  const named = rows.some((row) => row.name !== undefined);
  return (
    <table className="admin-rule-table">
      <thead>
        <tr>
          {named && <td />}
          {fields.map((field) => (
            <th key={field} scope="col">
              {fieldText(field)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row.name ?? index}>
            {named && <th scope="row">{fieldText(row.name ?? '')}</th>}
            {fields.map((field) => (
              <td key={field}>
                <Value value={row.cells[field]} field={field} within={within} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
