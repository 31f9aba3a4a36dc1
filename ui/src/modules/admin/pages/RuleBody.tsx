import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { t } from '@/i18n';
import { linesOf } from '../ruleDiff';
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

function Value({ value }: { value: unknown }): ReactNode {
  if (value === null || value === undefined) return <span className="lt-muted">—</span>;
  if (typeof value === 'boolean') return t(value ? 'kit.yes' : 'kit.no');
  if (Array.isArray(value)) return <ListValue values={value} />;
  if (typeof value === 'object') {
    return (
      <dl className="admin-values">
        {Object.entries(value).map(([name, inner]) => (
          <div key={name}>
            <dt>{name.replaceAll('_', ' ')}</dt>
            <dd>
              <Value value={inner} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  return <span className="lt-figures">{String(value)}</span>;
}

const LIST_SHOWN_MAX = 100;

function ListValue({ values }: { values: unknown[] }) {
  if (values.length === 0) return <span className="lt-muted">{t('kit.none')}</span>;
  const plain = values.every((value) => typeof value !== 'object' || value === null);
  if (plain) return <span>{values.map(String).join(t('admin.comma'))}</span>;
  if (values.every(isFlat)) return <TableValue rows={values.slice(0, LIST_SHOWN_MAX)} />;
  return (
    <ol className="admin-list">
      {values.slice(0, LIST_SHOWN_MAX).map((value, index) => (
        <li key={index}>
          <Value value={value} />
        </li>
      ))}
      {values.length > LIST_SHOWN_MAX && (
        <li className="lt-muted">{t('admin.rules.more', { n: values.length - LIST_SHOWN_MAX })}</li>
      )}
    </ol>
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

/** A list of like things, one a row. */
function TableValue({ rows }: { rows: Flat[] }) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <table className="admin-rule-table">
      <thead>
        <tr>
          {names.map((name) => (
            <th key={name} scope="col">
              {name.replaceAll('_', ' ')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {names.map((name) => (
              <td key={name}>
                <Value value={row[name]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
