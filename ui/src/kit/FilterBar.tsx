import { CloseOutlined } from '@ant-design/icons';
import { Badge, Button, DatePicker, Input, Select, Tag } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useEffect, useState } from 'react';
import { t } from '@/i18n';
import { countFilters, type FilterSpec, type FilterValues, type SetFilters } from './urlFilters';

export interface FilterOption {
  value: string;
  label: string;
}

/** One field of the bar; `name` is the filter's name in the spec. */
export type FilterField =
  | { kind: 'search'; name: string; label: string }
  | { kind: 'choice'; name: string; label: string; options: FilterOption[] }
  | { kind: 'list'; name: string; label: string; options: FilterOption[] }
  | { kind: 'flag'; name: string; label: string }
  /** Two text filters, each a date `2026-11-22`. */
  | { kind: 'dates'; name: string; to: string; label: string }
  /** Anything else, such as a picker of organizations. */
  | { kind: 'other'; name: string; label: string; control: ReactNode; shown?: string };

/** A saved view: some filters under a name, with a count. */
export interface FilterView {
  key: string;
  label: string;
  count?: number;
  /** The whole of the filters; those not named are cleared. */
  filters: Record<string, unknown>;
}

export interface FilterBarProps<Spec extends FilterSpec> {
  spec: Spec;
  values: FilterValues<Spec>;
  onChange: SetFilters<Spec>;
  fields: FilterField[];
  views?: FilterView[];
  extra?: ReactNode;
}

const SEARCH_DELAY_MS = 300;

/** The filters of a list: views with counts, fields, and a chip for each one in use. */
export function FilterBar<Spec extends FilterSpec>(props: FilterBarProps<Spec>) {
  const { spec, values, onChange, fields, views, extra } = props;
  const read = values as Record<string, unknown>;
  const change = (patch: Record<string, unknown>) => onChange(patch as Partial<FilterValues<Spec>>);
  const nothing = Object.fromEntries(
    Object.entries(spec).map(([name, kind]) => [name, kind.read([])]),
  );
  return (
    <div className="lt-filters">
      {views && (
        <div className="lt-views" role="group" aria-label={t('kit.filter.views')}>
          {views.map((view) => (
            <button
              type="button"
              key={view.key}
              className="lt-view"
              aria-pressed={sameFilters(spec, read, { ...nothing, ...view.filters })}
              onClick={() => change({ ...nothing, ...view.filters })}
            >
              {view.label}
              {view.count !== undefined && (
                <Badge
                  count={view.count}
                  color="var(--lt-neutral-solid)"
                  overflowCount={999}
                  size="small"
                />
              )}
            </button>
          ))}
        </div>
      )}
      <div className="lt-filter-fields">
        {fields.map((field) => (
          <Field key={field.name} field={field} values={read} onChange={change} />
        ))}
        {extra}
      </div>
      {countFilters(spec, values) > 0 && (
        <Chips fields={fields} values={read} onChange={change} onClear={() => change(nothing)} />
      )}
    </div>
  );
}

interface FieldProps {
  field: FilterField;
  values: Record<string, unknown>;
  onChange: (patch: Record<string, unknown>) => void;
}

function Field({ field, values, onChange }: FieldProps) {
  const { name, label } = field;
  const value = values[name];
  switch (field.kind) {
    case 'search':
      return (
        <SearchField
          label={label}
          value={(value as string) ?? ''}
          onChange={(text) => onChange({ [name]: text || undefined })}
        />
      );
    case 'choice':
    case 'list':
      return (
        <Select
          aria-label={label}
          placeholder={label}
          mode={field.kind === 'list' ? 'multiple' : undefined}
          maxTagCount={1}
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          options={field.options}
          value={value as string}
          onChange={(next) => onChange({ [name]: next ?? undefined })}
          className="lt-filter-select"
          popupMatchSelectWidth={false}
        />
      );
    case 'flag':
      return (
        <button
          type="button"
          className="lt-view"
          aria-pressed={value === true}
          onClick={() => onChange({ [name]: value !== true })}
        >
          {label}
        </button>
      );
    case 'dates':
      return (
        <DatePicker.RangePicker
          aria-label={label}
          allowEmpty={[true, true]}
          value={[toDay(value), toDay(values[field.to])]}
          onChange={(range) =>
            onChange({
              [name]: range?.[0]?.format('YYYY-MM-DD'),
              [field.to]: range?.[1]?.format('YYYY-MM-DD'),
            })
          }
        />
      );
    case 'other':
      return field.control;
  }
}

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
}

/** Typing changes the address only when it pauses. */
function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the delay
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Input.Search
      className="lt-filter-search"
      allowClear
      placeholder={label}
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onSearch={(now) => onChange(now.trim())}
    />
  );
}

interface ChipsProps extends Omit<FieldProps, 'field'> {
  fields: FilterField[];
  onClear: () => void;
}

function Chips({ fields, values, onChange, onClear }: ChipsProps) {
  const chips = fields.flatMap((field) => chipsOf(field, values));
  if (chips.length === 0) return null;
  return (
    <div className="lt-chips" role="group" aria-label={t('kit.filter.active')}>
      {chips.map((chip) => (
        <Tag
          key={chip.key}
          closable
          closeIcon={<CloseOutlined />}
          onClose={() => onChange(chip.without)}
        >
          {chip.label}
        </Tag>
      ))}
      <Button type="link" size="small" onClick={onClear}>
        {t('kit.filter.clear')}
      </Button>
    </div>
  );
}

interface Chip {
  key: string;
  label: string;
  without: Record<string, unknown>;
}

function chipsOf(field: FilterField, values: Record<string, unknown>): Chip[] {
  const value = values[field.name];
  const one = (label: string, without: unknown = undefined, key = field.name): Chip[] => [
    { key, label: `${field.label}: ${label}`, without: { [field.name]: without } },
  ];
  switch (field.kind) {
    case 'choice':
      return value ? one(labelOf(field.options, String(value))) : [];
    case 'list': {
      const chosen = (value as string[] | undefined) ?? [];
      return chosen.flatMap((word) =>
        one(
          labelOf(field.options, word),
          chosen.filter((other) => other !== word),
          `${field.name}=${word}`,
        ),
      );
    }
    case 'dates': {
      const to = values[field.to];
      if (!value && !to) return [];
      const without = { [field.name]: undefined, [field.to]: undefined };
      return [{ key: field.name, label: `${field.label}: ${value ?? ''} – ${to ?? ''}`, without }];
    }
    case 'search':
      return value ? one(`“${value}”`) : [];
    case 'other':
      return value ? one(field.shown ?? String(value)) : [];
    case 'flag':
      return [];
  }
}

function labelOf(options: FilterOption[], value: string): string {
  return options.find((option) => option.value === value)?.label ?? value;
}

function toDay(value: unknown) {
  return typeof value === 'string' ? dayjs(value) : null;
}

function sameFilters(
  spec: FilterSpec,
  a: Record<string, unknown>,
  b: Record<string, unknown>,
): boolean {
  return Object.entries(spec).every(
    ([name, kind]) => kind.write(a[name]).join() === kind.write(b[name]).join(),
  );
}
