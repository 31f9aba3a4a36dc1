import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select, Table } from 'antd';
import { type ReactNode, useState } from 'react';
import { newKey } from '@/api/client';
import { t, textOr } from '@/i18n';
import { withNote } from '@/kit/words';
import { type CodeRow, codeMaps, type ItemRow } from '../mapping';
import type { Mapping } from '../types';

/** A map may hold thousands of codes: only one page of them is drawn. */
const ROWS_A_PAGE = 20;

interface RowsProps<Row> {
  label: string;
  rows: Row[];
  blank: () => Row;
  onChange: (rows: Row[]) => void;
  columns: {
    title: string;
    width?: number;
    render: (row: Row, set: (patch: Partial<Row>) => void) => ReactNode;
  }[];
}

/** Rows that can be added, filled and removed. */
function Rows<Row extends { key: string; theirs: string }>(props: RowsProps<Row>) {
  const { label, rows, onChange, columns } = props;
  const [page, setPage] = useState(1);
  const set = (key: string) => (patch: Partial<Row>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...patch } : row)));
  return (
    <div>
      {rows.length > 0 && (
        <Table<Row>
          size="small"
          aria-label={label}
          rowKey={(row) => row.key}
          dataSource={rows}
          scroll={{ x: 'max-content' }}
          pagination={{
            current: page,
            pageSize: ROWS_A_PAGE,
            hideOnSinglePage: true,
            showSizeChanger: false,
            onChange: setPage,
          }}
          columns={[
            ...columns.map((column) => ({
              key: column.title,
              title: column.title,
              width: column.width,
              render: (row: Row) => column.render(row, set(row.key)),
            })),
            {
              key: 'remove',
              title: <span className="lt-visually-hidden">{t('hl7v2.mapping.remove')}</span>,
              width: 48,
              render: (row: Row) => (
                <Button
                  type="text"
                  size="small"
                  icon={<CloseOutlined />}
                  aria-label={`${t('hl7v2.mapping.remove')} ${row.theirs}`}
                  onClick={() => onChange(rows.filter((one) => one.key !== row.key))}
                />
              ),
            },
          ]}
        />
      )}
      <Button
        className="hl7-add"
        icon={<PlusOutlined />}
        aria-label={`${t('hl7v2.mapping.add')} ${label}`}
        onClick={() => {
          onChange([...rows, props.blank()]);
          setPage(Math.ceil((rows.length + 1) / ROWS_A_PAGE));
        }}
      >
        {t('hl7v2.mapping.add')}
      </Button>
    </div>
  );
}

interface MappingCodesProps {
  codes: Record<string, CodeRow[]>;
  usual: Mapping;
  onChange: (codes: Record<string, CodeRow[]>) => void;
}

/** What the sender's codes mean, map by map, with the usual ones to look at. */
export function MappingCodes({ codes, usual, onChange }: MappingCodesProps) {
  return (
    <div className="lt-stack">
      {codeMaps(usual).map(({ name, ours, words }) => {
        const label = textOr(name, `hl7v2.map.${name}`);
        const pairs = Object.entries(usual.codes[name] ?? {});
        const said = (code: string) => {
          const means = words ? textOr(code, `hl7v2.code.${words}.${code}`) : code;
          return means === code ? code : withNote(code, means);
        };
        return (
          <div key={name}>
            <h3 className="hl7-map">{label}</h3>
            <Rows<CodeRow>
              label={label}
              rows={codes[name] ?? []}
              blank={() => ({ key: newKey(), theirs: '', ours: '' })}
              onChange={(rows) => onChange({ ...codes, [name]: rows })}
              columns={[
                {
                  title: t('hl7v2.mapping.theirs'),
                  width: 200,
                  render: (row, set) => (
                    <Input
                      aria-label={`${label} ${t('hl7v2.mapping.theirs')}`}
                      value={row.theirs}
                      onChange={(event) => set({ theirs: event.target.value })}
                    />
                  ),
                },
                {
                  title: t('hl7v2.mapping.ours'),
                  width: 240,
                  render: (row, set) =>
                    ours.length > 0 ? (
                      <Select
                        className="lt-full"
                        aria-label={`${label} ${t('hl7v2.mapping.ours')}`}
                        value={row.ours || undefined}
                        options={ours.map((value) => ({ value, label: said(value) }))}
                        onChange={(value) => set({ ours: value })}
                      />
                    ) : (
                      <Input
                        aria-label={`${label} ${t('hl7v2.mapping.ours')}`}
                        value={row.ours}
                        onChange={(event) => set({ ours: event.target.value })}
                      />
                    ),
                },
              ]}
            />
            <details>
              <summary className="lt-muted">
                {t('hl7v2.mapping.usual', { n: pairs.length })}
              </summary>
              <ul className="hl7-pairs">
                {pairs.map(([theirs, code]) => (
                  <li key={theirs}>
                    <code>{theirs}</code> → {said(code)}
                  </li>
                ))}
              </ul>
            </details>
          </div>
        );
      })}
    </div>
  );
}

/** The sender's items and the codes that members share. */
export function MappingItems({
  items,
  onChange,
}: {
  items: ItemRow[];
  onChange: (items: ItemRow[]) => void;
}) {
  const column = (
    name: 'theirs' | 'system' | 'code' | 'display',
    title: string,
    width: number,
  ) => ({
    title,
    width,
    render: (row: ItemRow, set: (patch: Partial<ItemRow>) => void) => (
      <Input
        aria-label={`${t('hl7v2.mapping.items')} ${title}`}
        value={row[name]}
        onChange={(event) => set({ [name]: event.target.value })}
      />
    ),
  });
  return (
    <Rows<ItemRow>
      label={t('hl7v2.mapping.items')}
      rows={items}
      blank={() => ({
        key: newKey(),
        theirs: '',
        system: items.at(-1)?.system ?? 'http://loinc.org',
        code: '',
        display: '',
      })}
      onChange={onChange}
      columns={[
        column('theirs', t('hl7v2.mapping.theirs'), 140),
        column('system', t('hl7v2.mapping.item-system'), 220),
        column('code', t('hl7v2.mapping.item-code'), 140),
        column('display', t('hl7v2.mapping.item-display'), 180),
      ]}
    />
  );
}
