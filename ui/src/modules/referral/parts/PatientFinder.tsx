/** Who is it about: found among one's own, over the consortium, or registered now. */
import { SearchOutlined, UserAddOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Input } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { type ApiError, asApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { useGo } from '@/kit/route';
import { StatusTag } from '@/kit/StatusTag';
import type { PatientPick } from '../newForm';
import {
  findPatients,
  type IdentifierInput,
  identifierOf,
  joinPatient,
  type PatientBrief,
  type PatientMatch,
  searchPatients,
} from '../patients';
import { sexAge } from './bits';

const DELAY_MS = 250;
const SHOWN_MAX = 8;

export interface PatientFinderProps {
  id?: string;
  onPick: (patient: PatientPick) => void;
}

export function PatientFinder({ id, onPick }: PatientFinderProps) {
  const [typed, setTyped] = useState('');
  const [query, setQuery] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), DELAY_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const own = useQuery({
    queryKey: ['patient', 'search', query],
    queryFn: ({ signal }) => searchPatients(query, signal),
    enabled: query !== '',
  });
  const found = own.data ?? [];
  return (
    <div className="referral-finder">
      <Input
        id={id}
        size="large"
        prefix={<SearchOutlined />}
        placeholder={t('referral.finder.placeholder')}
        aria-label={t('referral.finder.placeholder')}
        value={typed}
        autoComplete="off"
        autoFocus
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={(event) => {
          event.preventDefault();
          const first = found[0];
          if (found.length === 1 && first) onPick(pickOf(first));
        }}
      />
      {found.length > 0 && (
        <ul className="referral-found" aria-label={t('referral.finder.own')}>
          {found.slice(0, SHOWN_MAX).map((patient) => (
            <li key={patient.id}>
              <button
                type="button"
                className="referral-found-button"
                disabled={patient.deceased}
                onClick={() => onPick(pickOf(patient))}
              >
                <PatientText patient={patient} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {own.isSuccess && found.length === 0 && query !== '' && (
        <p className="lt-muted referral-plain">{t('referral.finder.none')}</p>
      )}
      <WiderSearch typed={query} onPick={onPick} />
    </div>
  );
}

function pickOf(patient: PatientBrief): PatientPick {
  const { id, name, sex, age_years, identifier } = patient;
  return { id, name, sex, age_years, identifier };
}

export function PatientText({ patient }: { patient: PatientBrief }) {
  return (
    <span className="referral-found-text">
      <span>
        <b>{patient.name}</b> {sexAge(patient.sex, patient.age_years)}{' '}
        {patient.deceased && (
          <StatusTag plain tone="neutral" label={t('referral.finder.deceased')} />
        )}
        {patient.severe_allergy && (
          <StatusTag plain tone="overdue" label={t('referral.finder.severe-allergy')} />
        )}
      </span>
      <span className="lt-muted lt-figures">
        {[patient.birth_date, patient.identifier, patient.village].filter(Boolean).join(' · ')}
      </span>
    </span>
  );
}

/** Exact search over all members, and registration of somebody new. */
function WiderSearch({ typed, onPick }: { typed: string; onPick: (patient: PatientPick) => void }) {
  const can = useCan();
  const go = useGo();
  const [open, setOpen] = useState(false);
  const [birth, setBirth] = useState<string>();
  const [matches, setMatches] = useState<PatientMatch[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const identifier = identifierOf(typed);
  const byName = typed !== '' && !identifier;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words, other people
  useEffect(() => setMatches(null), [typed]);

  async function find() {
    setBusy(true);
    setError(null);
    try {
      const asked = identifier ? { identifier } : { name: typed, birth_date: birth };
      setMatches(await findPatients(asked));
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <div className="lt-row">
        {can('record.search') && (
          <Button
            loading={busy}
            disabled={typed === '' || (byName && open && !birth)}
            onClick={() => (byName && !open ? setOpen(true) : void find())}
          >
            {t(identifier ? 'referral.finder.by-number' : 'referral.finder.by-name')}
          </Button>
        )}
        {open && byName && (
          <DatePicker
            aria-label={t('referral.field.birth-date')}
            placeholder={t('referral.field.birth-date')}
            disabledDate={(day) => day.isAfter(dayjs())}
            value={birth ? dayjs(birth) : null}
            onChange={(day) => setBirth(day?.format('YYYY-MM-DD'))}
          />
        )}
        {can('record.register') && (
          <Button
            icon={<UserAddOutlined />}
            onClick={() => go(`/record/patients/new?back=${encodeURIComponent('/referral/new')}`)}
          >
            {t('referral.finder.register')}
          </Button>
        )}
      </div>
      <FormErrors error={error} />
      {matches?.length === 0 && (
        <p className="lt-muted referral-plain">{t('referral.finder.nobody')}</p>
      )}
      {matches && matches.length > 0 && (
        <ul className="referral-found" aria-label={t('referral.finder.matches')}>
          {matches.map((match) => (
            <MatchRow
              key={match.patient.id}
              match={match}
              proof={identifier}
              onPick={onPick}
              onError={setError}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface MatchRowProps {
  match: PatientMatch;
  proof: IdentifierInput | null;
  onPick: (patient: PatientPick) => void;
  onError: (error: ApiError) => void;
}

/** Somebody of another member: the card they show opens the record to one's own organization. */
function MatchRow({ match, proof, onPick, onError }: MatchRowProps) {
  const [busy, setBusy] = useState(false);
  const { patient, readable } = match;
  async function join() {
    if (!proof) return;
    setBusy(true);
    try {
      await joinPatient(patient.id, proof);
      onPick(pickOf(patient));
    } catch (thrown) {
      onError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <li className="referral-match">
      <PatientText patient={patient} />
      {readable ? (
        <Button type="primary" size="small" onClick={() => onPick(pickOf(patient))}>
          {t('referral.finder.choose')}
        </Button>
      ) : proof ? (
        <Button size="small" loading={busy} onClick={join} title={t('referral.finder.join-hint')}>
          {t('referral.finder.join')}
        </Button>
      ) : (
        <span className="lt-muted">{t('referral.finder.need-card')}</span>
      )}
    </li>
  );
}
