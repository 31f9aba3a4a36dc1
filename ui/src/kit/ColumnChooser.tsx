import { SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox, Popover } from 'antd';
import { type ReactNode, useState } from 'react';
import { t } from '@/i18n';
import { readOwn, removeOwn, writeOwn } from './storage';

interface ChoosableColumn {
  key: string;
  title: ReactNode;
  hidden?: boolean;
  always?: boolean;
}

/** The columns this person chose for this table, or its own default. `null` restores it. */
export function useChosenColumns(
  id: string,
  columns: readonly ChoosableColumn[],
): [string[], (keys: string[] | null) => void] {
  const name = `columns.${id}`;
  const [stored, setStored] = useState(() => readOwn<string[]>(name) ?? null);
  function choose(keys: string[] | null) {
    if (keys === null) removeOwn(name);
    else writeOwn(name, keys);
    setStored(keys);
  }
  const chosen = columns
    .filter((column) => column.always || (stored ? stored.includes(column.key) : !column.hidden))
    .map((column) => column.key);
  return [chosen, choose];
}

interface ColumnChooserProps {
  columns: readonly ChoosableColumn[];
  chosen: string[];
  onChoose: (keys: string[] | null) => void;
}

/** Which columns to show; kept for this person. */
export function ColumnChooser({ columns, chosen, onChoose }: ColumnChooserProps) {
  const content = (
    <div className="lt-columns">
      {columns.map((column) => (
        <Checkbox
          key={column.key}
          checked={chosen.includes(column.key)}
          disabled={column.always}
          onChange={(event) => {
            const others = chosen.filter((key) => key !== column.key);
            onChoose(event.target.checked ? [...others, column.key] : others);
          }}
        >
          {column.title}
        </Checkbox>
      ))}
      <Button type="link" size="small" onClick={() => onChoose(null)}>
        {t('kit.table.columns-reset')}
      </Button>
    </div>
  );
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('kit.table.columns-hint')}
      content={content}
    >
      <Button size="small" icon={<SettingOutlined />}>
        {t('kit.table.columns')}
      </Button>
    </Popover>
  );
}
