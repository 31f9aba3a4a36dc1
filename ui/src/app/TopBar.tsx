import {
  DownOutlined,
  LogoutOutlined,
  SafetyCertificateOutlined,
  SearchOutlined,
  SwapOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Button, Dropdown, type MenuProps } from 'antd';
import { asApiError } from '@/api/errors';
import { useConnection } from '@/api/events';
import {
  type Assignment,
  roleName,
  signOut,
  switchAssignment,
  useSession,
  useSessionChange,
} from '@/api/session';
import { t } from '@/i18n';
import { useActingOrg } from '@/kit/actingOrg';
import { usePhone } from '@/kit/media';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { removeOwnAll } from '@/kit/storage';
import { toast } from '@/kit/toast';
import { LanguageMenu, ThemeMenu, useLanguageItems, useThemeItems } from './Choices';
import { Logo } from './Logo';
import { NoticesBell } from './Notices';

/** Who I am here, search, alerts, language, theme. */
export function TopBar({ onSearch }: { onSearch: () => void }) {
  const phone = usePhone();
  const { must_change_password } = useSession();
  return (
    <header className="app-top">
      <PathLink to="/" className="app-brand" aria-label={`${t('app.name')} · ${t('app.home')}`}>
        <Logo />
        <span className="app-brand-name">{t('app.name')}</span>
      </PathLink>
      <RoleSwitch />
      <button
        type="button"
        className="app-search"
        onClick={onSearch}
        aria-label={phone ? t('app.top.search') : undefined}
      >
        <SearchOutlined aria-hidden="true" />
        <span>{t('app.top.search')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <span className="app-spacer" />
      <LiveMark />
      {!must_change_password && <NoticesBell />}
      {!phone && <LanguageMenu />}
      {!phone && <ThemeMenu />}
      <AccountMenu />
    </header>
  );
}

function RoleSwitch() {
  const { assignment, assignments, demo } = useSession();
  const org = useActingOrg();
  const go = useGo();
  const changed = useSessionChange();
  async function choose(next: Assignment) {
    if (next.id === assignment.id) return;
    try {
      await switchAssignment(next.id);
      await changed();
      go('/');
      toast.success(t('app.session.switched', { org: next.org_name, role: roleName(next) }));
    } catch (thrown) {
      toast.error(thrown);
    }
  }
  const one = assignments.length < 2;
  const inside = (
    <>
      {demo && <span className="app-demo-mark">{t('app.top.demo')}</span>}
      <span className="app-role-text">
        <span className="app-role-org">{org}</span>
        <span className="app-role-name">{roleName(assignment)}</span>
      </span>
      {!one && <DownOutlined aria-hidden="true" />}
    </>
  );
  if (one) return <div className="app-role-switch">{inside}</div>;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectable: true,
        selectedKeys: [assignment.id],
        items: assignments.map((entry) => ({
          key: entry.id,
          label: `${entry.org_name} · ${roleName(entry)}`,
        })),
        onClick: ({ key }) => {
          const next = assignments.find((entry) => entry.id === key);
          if (next) void choose(next);
        },
      }}
    >
      <button type="button" className="app-role-switch" title={t('app.top.role-switch')}>
        {inside}
      </button>
    </Dropdown>
  );
}

/** The live line: silent while it works, a word when it does not. */
function LiveMark() {
  const connection = useConnection();
  const word = t(`app.live.${connection}`);
  return (
    <span className="app-live" data-state={connection} role="status" title={word}>
      <span className="app-live-dot" aria-hidden="true" />
      <span className={connection === 'live' ? 'lt-visually-hidden' : 'app-live-word'}>{word}</span>
    </span>
  );
}

function AccountMenu() {
  const { account, demo } = useSession();
  const phone = usePhone();
  const go = useGo();
  const languages = useLanguageItems();
  const themes = useThemeItems();
  async function leave() {
    try {
      await signOut();
    } catch (thrown) {
      // A session that is over already needs no ending.
      if (!asApiError(thrown).signedOut) {
        toast.error(thrown);
        return;
      }
    }
    // Drafts hold patients' data; whoever signs out leaves nothing on a shared computer.
    removeOwnAll('draft.');
    window.location.assign('/');
  }
  const menu: MenuProps = {
    items: [
      { key: 'name', type: 'group', label: `${account.name} · ${account.username}` },
      { key: 'settings', icon: <SafetyCertificateOutlined />, label: t('app.top.settings') },
      ...(phone
        ? [
            { key: 'language', label: t('app.top.language'), children: languages.items },
            { key: 'theme', label: t('app.top.theme'), children: themes.items },
          ]
        : []),
      { type: 'divider' },
      demo
        ? { key: 'leave', icon: <SwapOutlined />, label: t('app.top.demo-switch') }
        : { key: 'leave', icon: <LogoutOutlined />, label: t('app.top.sign-out') },
    ],
    onClick: (info) => {
      if (info.key === 'settings') go('/account');
      else if (info.key === 'leave') void leave();
      else if (info.keyPath.includes('language')) languages.onClick?.(info);
      else if (info.keyPath.includes('theme')) themes.onClick?.(info);
    },
  };
  return (
    <Dropdown trigger={['click']} menu={menu} placement="bottomRight">
      <Button
        type="text"
        icon={<UserOutlined />}
        aria-label={`${account.name} · ${t('app.top.account')}`}
      >
        <span className="app-account-name">{account.name}</span>
      </Button>
    </Dropdown>
  );
}
