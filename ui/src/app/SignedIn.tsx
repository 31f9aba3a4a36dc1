import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { onSignedOut } from '@/api/client';
import { startLive } from '@/api/events';
import { useSessionQuery } from '@/api/session';
import { t } from '@/i18n';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { setStorageOwner } from '@/kit/storage';
import { noteServerVersion, reloadPage } from './newVersion';

const SignIn = lazy(() => import('./SignIn'));
const SignInForm = lazy(() => import('./SignInForm'));

/** The session around every screen: sign-in page without one, live line and storage with one. */
export function SignedIn() {
  const query = useSessionQuery();
  const session = query.data;
  const account_id = session?.account.id;
  if (account_id) setStorageOwner(account_id);
  useEffect(() => {
    if (session) noteServerVersion(session.version);
  }, [session]);
  if (query.isPending) return <PageSkeleton />;
  if (session === undefined) {
    return <ErrorState page error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (session === null) {
    return (
      <Suspense fallback={<PageSkeleton />}>
        <SignIn />
      </Suspense>
    );
  }
  return (
    <>
      {!session.must_change_password && <Live key={session.assignment.id} />}
      <Outlet />
      <SessionEnded username={session.account.username} demo={session.demo} />
    </>
  );
}

/** The event stream belongs to one person in one role; it is refused while a new password is due. */
function Live() {
  const queries = useQueryClient();
  useEffect(() => startLive(queries), [queries]);
  return null;
}

/** A session that ran out while someone was typing: sign in again without losing the screen. */
function SessionEnded({ username, demo }: { username: string; demo: boolean }) {
  const queries = useQueryClient();
  const [ended, setEnded] = useState(false);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  function signedIn() {
    setEnded(false);
    void queries.invalidateQueries();
  }
  return (
    <Modal open={ended} title={t('app.session.ended')} footer={null} closable={false} width={400}>
      <p className="lt-muted">{t('app.session.ended-hint')}</p>
      {demo ? (
        <Button type="primary" onClick={reloadPage}>
          {t('app.sign-in.demo-title')}
        </Button>
      ) : (
        <Suspense>{ended && <SignInForm username={username} onSignedIn={signedIn} />}</Suspense>
      )}
    </Modal>
  );
}
