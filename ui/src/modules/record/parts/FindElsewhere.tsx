/** Exact search over the consortium: one number, or name and birth date. Every hit is noted. */
import { Button, DatePicker, Input } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { type ApiError, asApiError } from '@/api/errors';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { listed } from '@/kit/words';
import { findPatients, joinPatient } from '../api';
import type { IdentifierInput, Match } from '../types';
import { identifierOf } from '../words';
import { PatientText } from './PatientText';

export function FindElsewhere() {
  const [typed, setTyped] = useState('');
  const [birth, setBirth] = useState<string>();
  const [matches, setMatches] = useState<Match[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const identifier = identifierOf(typed);
  const ready = identifier !== null || (typed.trim() !== '' && birth !== undefined);
  async function find() {
    if (!ready) return;
    setBusy(true);
    setError(null);
    try {
      setMatches(
        await findPatients(identifier ? { identifier } : { name: typed.trim(), birth_date: birth }),
      );
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Section title={t('record.find.title')}>
      <div className="lt-row">
        <Input
          className="record-find"
          placeholder={t('record.find.placeholder')}
          aria-label={t('record.find.placeholder')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setMatches(null);
          }}
          onPressEnter={() => void find()}
        />
        {!identifier && (
          <DatePicker
            placeholder={t('record.field.birth-date')}
            aria-label={t('record.field.birth-date')}
            disabledDate={(day) => day.isAfter(dayjs(serverNow()))}
            value={birth ? dayjs(birth) : null}
            onChange={(day) => setBirth(day?.format('YYYY-MM-DD'))}
          />
        )}
        <Button loading={busy} disabled={!ready} onClick={() => void find()}>
          {t('record.find.button')}
        </Button>
      </div>
      <p className="lt-muted record-plain">{t('record.find.hint')}</p>
      <FormErrors error={error} />
      {matches?.length === 0 && <p className="record-plain">{t('record.find.nobody')}</p>}
      {matches && matches.length > 0 && (
        <MatchList matches={matches} proof={identifier} onError={setError} />
      )}
    </Section>
  );
}

interface MatchListProps {
  matches: Match[];
  proof: IdentifierInput | null;
  onError: (error: ApiError) => void;
  /** Where to go with the one who is chosen; the record unless given. */
  then?: (id: string) => void;
}

export function MatchList({ matches, proof, onError, then }: MatchListProps) {
  const go = useGo();
  const open = then ?? ((id: string) => go(`/record/patients/${id}`));
  async function join(id: string) {
    if (!proof) return;
    try {
      await joinPatient(id, proof);
      open(id);
    } catch (thrown) {
      onError(asApiError(thrown));
    }
  }
  return (
    <ul className="record-matches">
      {matches.map((match) => (
        <li key={match.patient.id}>
          <span>
            <PatientText patient={match.patient} />
            <span className="lt-muted">
              {listed(match.reasons.map((reason) => t(`record.match.${reason}`)))}
            </span>
          </span>
          <span className="lt-row">
            {!match.readable && proof && (
              <Button title={t('record.join-hint')} onClick={() => void join(match.patient.id)}>
                {t('record.join')}
              </Button>
            )}
            <Button
              type={match.readable ? 'primary' : 'text'}
              onClick={() =>
                match.readable ? open(match.patient.id) : go(`/record/patients/${match.patient.id}`)
              }
            >
              {t(match.readable ? 'record.open' : 'record.other-ways')}
            </Button>
          </span>
        </li>
      ))}
    </ul>
  );
}
