/** Picks the patient an app is opened for: among those one may look up, or oneself and one's wards. */
import { useQuery } from '@tanstack/react-query';
import { Radio } from 'antd';
import { useEffect, useId } from 'react';
import { call, type Page } from '@/api/client';
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';

interface Brief {
  id: string;
  name: string;
  birth_date?: string | null;
}

interface Props {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

const SHOWN_MAX = 20;

export function ChoosePatient(props: Props) {
  const resident = useSession().assignment.role === 'resident';
  return resident ? <OwnPatients {...props} /> : <AnyPatient {...props} />;
}

function AnyPatient({ value, onChange }: Props) {
  const id = useId();
  return (
    <div className="smart-pick">
      <label htmlFor={id}>{t('smart.authorize.pick')}</label>
      <AsyncSelect
        id={id}
        queryKey={['patient', 'list', 'app']}
        value={value}
        onChange={onChange}
        placeholder={t('smart.authorize.pick-hint')}
        loadOptions={async (query, signal) => {
          if (query === '') return [];
          const found = await call<Page<Brief>>('GET', '/api/patients', {
            query: { q: query, limit: SHOWN_MAX },
            signal,
          });
          return found.items.map((one) => ({
            value: one.id,
            label: one.name,
            hint: one.birth_date,
          }));
        }}
      />
    </div>
  );
}

function OwnPatients({ value, onChange }: Props) {
  const mine = useQuery({
    queryKey: ['patient', 'mine'],
    queryFn: ({ signal }) => call<Brief[]>('GET', '/api/my/patients', { signal }),
  });
  const only = mine.data?.length === 1 ? mine.data[0]?.id : undefined;
  useEffect(() => {
    if (only) onChange(only);
  }, [only, onChange]);
  if (mine.isPending) return <LinesSkeleton rows={2} />;
  if (mine.isError) return <ErrorState error={mine.error} onRetry={() => void mine.refetch()} />;
  return (
    <fieldset className="smart-pick">
      <legend>{t('smart.authorize.pick')}</legend>
      <Radio.Group
        value={value}
        onChange={(event) => onChange(event.target.value)}
        options={mine.data.map((one) => ({ value: one.id, label: one.name }))}
      />
    </fieldset>
  );
}
