/** Picks a patient: among one's own by name or pinyin, over the consortium by a whole number. */
import { SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useEffect, useState } from 'react';
import { call, type Page } from '@/api/client';
import { useCommand } from '@/api/command';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { findPatients } from '../api';
import type { IdentifierInput, PatientBrief } from '../types';
import { identifierOf } from '../words';
import { PatientText } from './PatientText';

const DELAY_MS = 250;
const SHOWN_MAX = 8;

export interface PickPatientProps {
  /** Names the field, for those who do not see it. */
  label: string;
  /** Is picked already. */
  except?: string;
  onPick: (id: string) => void;
}

export function PickPatient({ label, except, onPick }: PickPatientProps) {
  const [typed, setTyped] = useState('');
  const query = useSettled(typed.trim());
  const own = useQuery({
    queryKey: ['patient', 'list', 'pick', query],
    queryFn: ({ signal }) =>
      call<Page<PatientBrief>>('GET', '/api/patients', { query: { q: query, limit: 20 }, signal }),
    enabled: query !== '',
  });
  const can = useCan();
  // Each search over the consortium is noted: it is asked for, never made while typing.
  const find = useCommand((identifier: IdentifierInput) => findPatients({ identifier }));
  const identifier = can('record.search') ? identifierOf(typed) : null;
  const found = find.data?.map((match) => match.patient) ?? own.data?.items ?? [];
  const shown = found.filter((patient) => patient.id !== except).slice(0, SHOWN_MAX);
  const settled = query !== '' && !own.isFetching && !find.isPending;
  return (
    <div className="record-pick">
      <div className="lt-row">
        <Input
          className="record-find"
          prefix={<SearchOutlined />}
          placeholder={t('record.pick.placeholder')}
          aria-label={label}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            find.reset();
          }}
          onPressEnter={() => identifier && find.mutate(identifier)}
        />
        {identifier && (
          <Button loading={find.isPending} onClick={() => find.mutate(identifier)}>
            {t('record.find.title')}
          </Button>
        )}
      </div>
      <FormErrors error={find.error} />
      {own.isError && !find.data && <p className="record-plain">{own.error.message}</p>}
      {settled && shown.length === 0 && !own.isError && (
        <p className="record-plain lt-muted">
          {t(identifier && !find.data ? 'record.pick.none-own' : 'record.pick.none')}
        </p>
      )}
      <ul className="record-matches">
        {shown.map((patient) => (
          <li key={patient.id}>
            <PatientText patient={patient} />
            <Button
              size="small"
              aria-label={`${t('record.pick.choose')} ${patient.name}`}
              onClick={() => onPick(patient.id)}
            >
              {t('record.pick.choose')}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The text once typing paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
