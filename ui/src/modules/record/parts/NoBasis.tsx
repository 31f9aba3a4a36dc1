/** A record that may not be read: why, and the ways that are open. */
import { LockOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { type ApiError, asApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { FormErrors } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { breakGlass, joinPatient, useBrief } from '../api';
import { IDENTIFIER_KINDS, type IdentifierKind } from '../types';
import { tidy } from '../words';
import { PatientText } from './PatientText';

export function NoBasis({ id }: { id: string }) {
  const can = useCan();
  const brief = useBrief(id, can('record.search'));
  const queries = useQueryClient();
  const read = () => queries.invalidateQueries({ queryKey: ['patient', id] });
  return (
    <Page title={t('record.no-basis.title')} back="/record/patients">
      <Section>
        <EmptyState
          icon={<LockOutlined />}
          title={brief.data ? <PatientText patient={brief.data} /> : t('record.no-basis.title')}
          hint={t('record.no-basis.hint')}
        />
      </Section>
      {can('record.register') && (
        <Section title={t('record.no-basis.join')}>
          <JoinForm id={id} onDone={read} />
        </Section>
      )}
      <Section title={t('record.no-basis.others')}>
        <p className="record-plain">{t('record.no-basis.others-hint')}</p>
      </Section>
      {can('record.break-glass') && (
        <Section title={t('record.break-glass.title')}>
          <div className="record-glass">
            <p className="record-plain">{t('record.break-glass.hint')}</p>
            <ConfirmAction
              label={t('record.break-glass.button')}
              title={t('record.break-glass.title')}
              consequence={t('record.break-glass.consequence')}
              note="required"
              onConfirm={async ({ note }) => {
                await breakGlass(id, note ?? '');
                await read();
              }}
            />
          </div>
        </Section>
      )}
    </Page>
  );
}

/** The patient is here with a card: a number on it proves it. */
function JoinForm({ id, onDone }: { id: string; onDone: () => Promise<void> }) {
  const [kind, setKind] = useState<IdentifierKind>('resident-id');
  const [value, setValue] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  async function join() {
    setBusy(true);
    setError(null);
    try {
      await joinPatient(id, { kind, value: tidy(value) });
      await onDone();
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <p className="record-plain lt-muted">{t('record.join-hint')}</p>
      <div className="lt-row">
        <Select
          className="record-kind"
          aria-label={t('record.field.identifier-kind')}
          value={kind}
          onChange={setKind}
          options={IDENTIFIER_KINDS.map((word) => ({
            value: word,
            label: t(`record.identifier.${word}`),
          }))}
        />
        <Input
          className="record-find"
          aria-label={t('record.field.identifier')}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onPressEnter={() => void join()}
        />
        <Button loading={busy} disabled={tidy(value) === ''} onClick={() => void join()}>
          {t('record.join')}
        </Button>
      </div>
      <FormErrors error={error} />
    </>
  );
}
