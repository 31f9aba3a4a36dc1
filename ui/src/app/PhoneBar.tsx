import { MoreOutlined } from '@ant-design/icons';
import { useLocation } from '@tanstack/react-router';
import { Drawer } from 'antd';
import { useState } from 'react';
import { t } from '@/i18n';
import { PathLink } from '@/kit/PathLink';
import { isHere, NavBadge } from './Rail';
import { useRail } from './rail';

const ENTRIES_MAX = 4;

/** The phone's way around: the first jobs within reach of the thumb, the rest behind "more". */
export function PhoneBar() {
  const entries = useRail();
  const place = useLocation({ select: (location) => location.pathname });
  const [open, setOpen] = useState(false);
  const fits = entries.length <= ENTRIES_MAX + 1;
  const shown = fits ? entries : entries.slice(0, ENTRIES_MAX);
  return (
    <nav className="app-phone-bar" aria-label={t('app.nav.main')}>
      {shown.map((entry) => (
        <PathLink
          key={entry.path}
          to={entry.path}
          className="app-phone-link"
          aria-current={isHere(place, entry, entries) ? 'page' : undefined}
        >
          <span className="app-phone-icon" aria-hidden="true">
            {entry.icon}
          </span>
          <span className="app-phone-label">{t(entry.label)}</span>
          {entry.useBadge && <NavBadge useCount={entry.useBadge} />}
        </PathLink>
      ))}
      {!fits && (
        <button type="button" className="app-phone-link" onClick={() => setOpen(true)}>
          <span className="app-phone-icon" aria-hidden="true">
            <MoreOutlined />
          </span>
          <span className="app-phone-label">{t('app.nav.more')}</span>
        </button>
      )}
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        placement="bottom"
        size="auto"
        title={t('app.nav.more')}
      >
        <ul className="app-phone-more">
          {entries.slice(ENTRIES_MAX).map((entry) => (
            <li key={entry.path}>
              <PathLink to={entry.path} className="app-rail-link" onClick={() => setOpen(false)}>
                <span className="app-rail-icon" aria-hidden="true">
                  {entry.icon}
                </span>
                {t(entry.label)}
              </PathLink>
            </li>
          ))}
        </ul>
      </Drawer>
    </nav>
  );
}
