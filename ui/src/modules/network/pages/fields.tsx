/** Controls that forms of the network share. */
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Input, InputNumber, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import type { ReactNode } from 'react';
import { orgName, useOrgTree } from '@/api/organizations';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { conceptOptions, useCatalogue, useConceptName } from '../queries';

interface DateItemProps {
  name: string | (string | number)[];
  label: string;
  required?: boolean;
  /** Days after today cannot be chosen. */
  past?: boolean;
  extra?: ReactNode;
}

/** A day as the server writes it, so that its refusals find the field. */
export function DateItem({ name, label, required, past, extra }: DateItemProps) {
  return (
    <Form.Item
      name={name}
      label={label}
      extra={extra}
      rules={required ? [{ required: true, message: t('kit.form.required') }] : []}
      getValueProps={(value?: string | null) => ({ value: value ? dayjs(value) : null })}
      normalize={(day: Dayjs | null) => day?.format('YYYY-MM-DD')}
    >
      <DatePicker className="lt-full" maxDate={past ? dayjs(serverNow()) : undefined} />
    </Form.Item>
  );
}

/** Inside a question: the day it is from, today unless chosen. */
export function LastDay({ onChange }: { onChange: (day: Dayjs | null) => void }) {
  return (
    <DatePicker
      className="lt-full"
      aria-label={t('network.bonds.last-day')}
      placeholder={t('network.bonds.last-day')}
      onChange={onChange}
    />
  );
}

interface ChosenProps<Value> {
  id?: string;
  value?: Value;
  onChange?: (value: Value) => void;
}

interface ConceptSelectProps extends ChosenProps<string> {
  system: string;
  /** The name of what was picked. */
  onName?: (name: string) => void;
}

/** One code of a catalogue, by name, pinyin or code. */
export function ConceptSelect({ system, onName, ...chosen }: ConceptSelectProps) {
  const name = useConceptName(system, chosen.value);
  return (
    <AsyncSelect
      id={chosen.id}
      value={chosen.value}
      onChange={(code, option) => {
        chosen.onChange?.(code as string);
        if (option) onName?.(option.label);
      }}
      allowClear
      queryKey={['terminology', system, 'pick']}
      loadOptions={conceptOptions(system)}
      initial={chosen.value ? { value: chosen.value, label: name } : undefined}
    />
  );
}

/** Several codes of a small catalogue. */
export function ConceptsSelect({ system, ...chosen }: ChosenProps<string[]> & { system: string }) {
  const all = useCatalogue(system);
  return (
    <Select
      {...chosen}
      mode="multiple"
      loading={all.isPending}
      showSearch={{ optionFilterProp: 'search' }}
      options={(all.data ?? []).map(({ value, label }) => ({
        value,
        label,
        search: `${label} ${value}`,
      }))}
    />
  );
}

/** Several organizations. */
export function OrgsSelect(chosen: ChosenProps<string[]>) {
  const tree = useOrgTree();
  const nodes = (tree.data?.nodes ?? []).filter((node) => node.kind !== 'region');
  return (
    <Select
      {...chosen}
      mode="multiple"
      loading={tree.isPending}
      showSearch={{ optionFilterProp: 'search' }}
      options={nodes.map((node) => ({
        value: node.id,
        label: orgName(node),
        search: `${node.name} ${node.name_en ?? ''} ${node.code}`,
      }))}
    />
  );
}

export interface Count {
  kind?: string;
  count?: number;
}

/** How many of each kind. */
export function CountsInput({ value = [], onChange }: ChosenProps<Count[]>) {
  const change = (at: number, patch: Count) =>
    onChange?.(value.map((row, index) => (index === at ? { ...row, ...patch } : row)));
  return (
    <div className="lt-stack">
      {value.map((row, at) => (
        <div key={at} className="network-count">
          <Input
            aria-label={t('network.surveys.device')}
            placeholder={t('network.surveys.device-hint')}
            maxLength={32}
            value={row.kind}
            onChange={(event) => change(at, { kind: event.target.value })}
          />
          <InputNumber
            aria-label={t('network.surveys.count')}
            min={0}
            precision={0}
            value={row.count}
            onChange={(count) => change(at, { count: count ?? 0 })}
          />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('network.remove')}
            onClick={() => onChange?.(value.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <div>
        <Button
          icon={<PlusOutlined />}
          onClick={() => onChange?.([...value, { kind: '', count: 1 }])}
        >
          {t('network.add')}
        </Button>
      </div>
    </div>
  );
}
