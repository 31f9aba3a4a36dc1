import { Alert, Button } from 'antd';
import { useEffect, useId, useState } from 'react';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { roleName, useSession } from '@/api/session';
import { language, t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { ChoosePatient } from '../parts/ChoosePatient';
import { useAsked } from '../queries';
import type { Consent } from '../types';
import { dataText } from '../words';
import '../smart.css';

/** Where an app sends people: what it asks for, in plain words, and two answers. */
export default function Authorize() {
  const [query] = useState(() => window.location.search.replace(/^\?/, ''));
  const asked = useAsked(query);
  const away = asked.data?.location;
  useEffect(() => {
    if (away) window.location.replace(away);
  }, [away]);
  useEffect(() => {
    document.title = `${t('smart.authorize.title')} · ${t('app.name')}`;
  }, []);
  if (asked.isError) return <ErrorState page error={asked.error} />;
  const consent = asked.data?.consent;
  return (
    <main className="smart-authorize" lang={language()}>
      {consent ? <Question consent={consent} query={query} /> : <PageSkeleton />}
    </main>
  );
}

function Question({ consent, query }: { consent: Consent; query: string }) {
  const session = useSession();
  const id = useId();
  const [patient, setPatient] = useState<string>();
  const decide = useCommand((input: { allow: boolean; patient_id?: string }) =>
    call<{ location: string }>('POST', '/api/smart/decisions', { body: { query, ...input } }),
  );
  const [leaving, setLeaving] = useState(false);
  function answer(allow: boolean) {
    decide.mutate(
      { allow, patient_id: allow && consent.picks_patient ? patient : undefined },
      {
        onSuccess: ({ location }) => {
          setLeaving(true);
          window.location.replace(location);
        },
      },
    );
  }
  const busy = decide.isPending || leaving;
  const lines = consent.data.map(dataText);
  return (
    <section className="smart-question" aria-labelledby={id}>
      <h1 id={id}>{t('smart.authorize.asks', { app: consent.app })}</h1>
      {consent.description && <p>{consent.description}</p>}
      <p className="lt-muted">
        {t('smart.authorize.of', { org: consent.org_name, host: consent.returns_to })}
      </p>
      <p>
        {t('smart.authorize.as', {
          name: session.account.name,
          role: roleName(session.assignment),
          org: session.assignment.org_name,
        })}
      </p>
      {consent.patient && (
        <p>
          <strong>{t('smart.authorize.patient', { name: consent.patient.name })}</strong>
        </p>
      )}
      {consent.picks_patient && <ChoosePatient value={patient} onChange={setPatient} />}
      <h2>{t('smart.authorize.gets')}</h2>
      <ul className="smart-gets">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
        {consent.identity && <li>{t('smart.authorize.identity')}</li>}
        {consent.offline && <li>{t('smart.authorize.offline')}</li>}
        {consent.online && <li>{t('smart.authorize.online')}</li>}
      </ul>
      <Alert type="info" showIcon title={t('smart.authorize.note')} />
      <FormErrors error={decide.error} />
      <div className="smart-answers">
        <Button disabled={busy} onClick={() => answer(false)}>
          {t('smart.authorize.refuse')}
        </Button>
        <Button
          type="primary"
          loading={busy}
          disabled={consent.picks_patient && !patient}
          onClick={() => answer(true)}
        >
          {t('smart.authorize.agree')}
        </Button>
      </div>
    </section>
  );
}
