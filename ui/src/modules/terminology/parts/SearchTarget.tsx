import { useQuery } from '@tanstack/react-query';
import { Button, Input, type InputRef } from 'antd';
import { type RefObject, useState } from 'react';
import { call } from '@/api/client';
import { t } from '@/i18n';
import { BASE, conceptName, useSystems } from '../queries';
import type { Hit, TermMap } from '../types';

interface SearchProps {
  map: TermMap;
  inputRef: RefObject<HTMLInputElement | null>;
  onPick: (code: string) => void;
}

/** Any concept of the target system, by code, name, pinyin or initials. */
export function SearchTarget({ map, inputRef, onPick }: SearchProps) {
  const [typed, setTyped] = useState('');
  const systems = useSystems();
  const target = systems.data?.find((one) => one.url === map.target);
  const found = useQuery({
    queryKey: ['code-system', target?.system, 'pick', typed],
    queryFn: ({ signal }) =>
      call<{ items: Hit[] }>('GET', `${BASE}/${target?.system}/concepts`, {
        query: { q: typed, limit: 8 },
        signal,
      }),
    enabled: target !== undefined && typed.trim() !== '',
  });
  if (systems.data && !target) return <FreeCode inputRef={inputRef} onPick={onPick} />;
  const items = typed.trim() === '' ? [] : (found.data?.items ?? []);
  return (
    <div>
      <Input
        ref={(input: InputRef | null) => {
          inputRef.current = input?.input ?? null;
        }}
        allowClear
        aria-label={t('terminology.search-target')}
        placeholder={t('terminology.search-target')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={() => items[0] && onPick(items[0].code)}
      />
      {items.length > 0 && (
        <ul className="term-suggestions">
          {items.map((one) => (
            <li key={one.code}>
              <span />
              <div>
                <code>{one.code}</code> {conceptName(one)}
              </div>
              <Button size="small" onClick={() => onPick(one.code)}>
                {t('terminology.accept')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {typed.trim() !== '' && found.isSuccess && items.length === 0 && (
        <p className="lt-muted">{t('terminology.nothing-found')}</p>
      )}
    </div>
  );
}

/** The target system is not kept here, such as LOINC: its code is typed. */
function FreeCode({ inputRef, onPick }: Omit<SearchProps, 'map'>) {
  return (
    <div>
      <Input.Search
        ref={(input: InputRef | null) => {
          inputRef.current = input?.input ?? null;
        }}
        aria-label={t('terminology.type-code')}
        placeholder={t('terminology.type-code')}
        enterButton={t('terminology.accept')}
        onSearch={(code) => code.trim() && onPick(code.trim())}
      />
    </div>
  );
}
