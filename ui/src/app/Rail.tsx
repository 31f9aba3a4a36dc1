import { MenuFoldOutlined, MenuUnfoldOutlined, MoreOutlined } from '@ant-design/icons';
import { useLocation } from '@tanstack/react-router';
import { Badge, Button, Dropdown } from 'antd';
import { t } from '@/i18n';
import type { UiNav } from '@/kit/module';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { RAIL_ENTRIES_MAX, useRail } from './rail';

/** The person's jobs, down the left side. */
export function Rail({ folded, onFold }: { folded: boolean; onFold: () => void }) {
  const entries = useRail();
  const place = useLocation({ select: (location) => location.pathname });
  const fits = entries.length <= RAIL_ENTRIES_MAX;
  const shown = fits ? entries : entries.slice(0, RAIL_ENTRIES_MAX - 1);
  const label = t(folded ? 'app.nav.expand' : 'app.nav.collapse');
  return (
    <nav className="app-rail" aria-label={t('app.nav.main')}>
      <ul>
        {shown.map((entry) => (
          <li key={entry.path}>
            <RailLink entry={entry} active={isHere(place, entry, entries)} folded={folded} />
          </li>
        ))}
        {!fits && (
          <li>
            <MoreEntries entries={entries.slice(RAIL_ENTRIES_MAX - 1)} place={place} />
          </li>
        )}
      </ul>
      <Button
        type="text"
        className="app-rail-fold"
        icon={folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
        aria-label={label}
        title={label}
        onClick={onFold}
      />
    </nav>
  );
}

interface RailLinkProps {
  entry: UiNav;
  active: boolean;
  folded: boolean;
}

function RailLink({ entry, active, folded }: RailLinkProps) {
  const label = t(entry.label);
  return (
    <PathLink
      to={entry.path}
      className="app-rail-link"
      aria-current={active ? 'page' : undefined}
      title={folded ? label : undefined}
    >
      <span className="app-rail-icon" aria-hidden="true">
        {entry.icon}
      </span>
      <span className="app-rail-label">{label}</span>
      {entry.useBadge && <NavBadge useCount={entry.useBadge} />}
    </PathLink>
  );
}

/** A component of its own, so that a hook given by a module runs in a fixed place. */
export function NavBadge({ useCount }: { useCount: () => number | undefined }) {
  const count = useCount();
  return count ? <Badge className="app-rail-badge" size="small" count={count} /> : null;
}

function MoreEntries({ entries, place }: { entries: UiNav[]; place: string }) {
  const go = useGo();
  const active = entries.some((entry) => isHere(place, entry, entries));
  return (
    <Dropdown
      trigger={['click']}
      placement="topLeft"
      menu={{
        items: entries.map((entry) => ({
          key: entry.path,
          icon: entry.icon,
          label: t(entry.label),
        })),
        onClick: ({ key }) => go(key),
      }}
    >
      <button type="button" className="app-rail-link" aria-current={active ? 'page' : undefined}>
        <span className="app-rail-icon" aria-hidden="true">
          <MoreOutlined />
        </span>
        <span className="app-rail-label">{t('app.nav.more')}</span>
      </button>
    </Dropdown>
  );
}

/** The entry whose path is the longest beginning of the address. */
export function isHere(place: string, entry: UiNav, entries: UiNav[]): boolean {
  const reach = (one: UiNav) =>
    Math.max(
      ...[one.path, ...(one.also ?? [])].map((path) =>
        place === path || place.startsWith(`${path}/`) ? path.length : 0,
      ),
    );
  const own = reach(entry);
  return own > 0 && !entries.some((other) => reach(other) > own);
}
