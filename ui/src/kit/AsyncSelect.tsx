import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { t } from '@/i18n';

export interface AsyncOption {
  value: string;
  label: string;
  /** A second line: code, place, department. */
  hint?: ReactNode;
  disabled?: boolean;
}

export interface AsyncSelectProps {
  /** Names what is picked, for the cache: `['organization', 'pick']`. */
  queryKey: readonly unknown[];
  loadOptions: (query: string, signal: AbortSignal) => Promise<AsyncOption[]>;
  value?: string;
  onChange?: (value: string | undefined, option?: AsyncOption) => void;
  /** The label of a value that is set before any search. */
  initial?: AsyncOption;
  placeholder?: string;
  id?: string;
  disabled?: boolean;
  allowClear?: boolean;
  autoFocus?: boolean;
  'aria-label'?: string;
  className?: string;
}

const DELAY_MS = 250;

/** Picks one of many that the server knows: by characters, pinyin, initials or code. */
export function AsyncSelect(props: AsyncSelectProps) {
  const { queryKey, loadOptions, value, onChange, initial, className = 'lt-full', ...rest } = props;
  const [typed, setTyped] = useState('');
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState<AsyncOption | undefined>(initial);
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), DELAY_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useQuery({
    queryKey: [...queryKey, query],
    queryFn: ({ signal }) => loadOptions(query, signal),
    enabled: open,
  });
  const options = found.data ?? [];
  // What is given from outside wins: its name may have become known only now.
  const known = initial?.value === value ? initial : picked?.value === value ? picked : undefined;
  // Without its own option the value would show as a bare id.
  const shown =
    known && value && !options.some((option) => option.value === value) && typed === ''
      ? [known, ...options]
      : options;
  const nothing = found.isError
    ? t('kit.select.failed')
    : found.isFetching
      ? t('kit.loading')
      : t(query === '' ? 'kit.select.type' : 'kit.select.none');
  return (
    <Select<string, AsyncOption>
      {...rest}
      className={className}
      showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }}
      value={value}
      loading={open && found.isFetching}
      options={shown}
      onOpenChange={setOpen}
      notFoundContent={<span className="lt-muted">{nothing}</span>}
      optionRender={(option) => (
        <div className="lt-option">
          <span>{option.data.label}</span>
          {option.data.hint && <span className="lt-muted">{option.data.hint}</span>}
        </div>
      )}
      onChange={(next) => {
        const option = shown.find((one) => one.value === next);
        setPicked(option);
        setTyped('');
        onChange?.(next, option);
      }}
    />
  );
}
