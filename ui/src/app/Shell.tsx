import { Outlet, useLocation } from '@tanstack/react-router';
import { Alert, Button } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useConnection } from '@/api/events';
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { useHotkeys } from '@/kit/hotkeys';
import { usePhone } from '@/kit/media';
import { useGo } from '@/kit/route';
import { readOwn, writeOwn } from '@/kit/storage';
import { ErrorBoundary } from './ErrorBoundary';
import { reloadPage, useOutdated } from './newVersion';
import { PhoneBar } from './PhoneBar';
import { Rail } from './Rail';
import { TopBar } from './TopBar';

const Palette = lazy(() => import('./Palette'));

/** Where a password that has run out is changed. */
const ACCOUNT_PATH = '/account';

const RAIL_FOLDED = 'rail-folded';

/** What stands around every screen: rail, top bar, banners; on a phone a bar below. */
export function Shell() {
  const phone = usePhone();
  const [folded, setFolded] = useState(() => readOwn<boolean>(RAIL_FOLDED) ?? false);
  const [searching, setSearching] = useState(false);
  useHotkeys({
    'mod+k': (event) => {
      event.preventDefault();
      setSearching(true);
    },
    '/': (event) => {
      event.preventDefault();
      setSearching(true);
    },
  });
  const { must_change_password } = useSession();
  const go = useGo();
  const place = useLocation({ select: (location) => location.pathname });
  useEffect(() => {
    if (must_change_password && place !== ACCOUNT_PATH) go(ACCOUNT_PATH, { replace: true });
  }, [must_change_password, place, go]);
  function fold() {
    setFolded(!folded);
    writeOwn(RAIL_FOLDED, !folded);
  }
  return (
    <div className="app-shell" data-folded={folded} data-phone={phone}>
      <a className="app-skip" href="#content">
        {t('app.skip')}
      </a>
      <TopBar onSearch={() => setSearching(true)} />
      {!phone && <Rail folded={folded} onFold={fold} />}
      <main id="content" className="app-content" tabIndex={-1}>
        <Banners />
        <ErrorBoundary>
          <Outlet />
        </ErrorBoundary>
      </main>
      {phone && <PhoneBar />}
      <Suspense>{searching && <Palette onClose={() => setSearching(false)} />}</Suspense>
    </div>
  );
}

function Banners() {
  const outdated = useOutdated();
  const connection = useConnection();
  return (
    <>
      {outdated && (
        <Alert
          banner
          type="info"
          title={t('kit.error.new-version')}
          description={t('kit.error.new-version-hint')}
          action={<Button onClick={reloadPage}>{t('kit.action.reload')}</Button>}
        />
      )}
      {connection === 'offline' && (
        <Alert banner type="warning" title={t('app.live.offline-banner')} />
      )}
    </>
  );
}
