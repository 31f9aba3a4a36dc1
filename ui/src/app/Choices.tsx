import {
  BgColorsOutlined,
  DesktopOutlined,
  MoonOutlined,
  SunOutlined,
  TranslationOutlined,
} from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Dropdown, type MenuProps } from 'antd';
import { type Language, t, useLanguage } from '@/i18n';
import { chooseTheme, THEME_CHOICES, type ThemeChoice, useThemeChoice } from '@/kit/theme';
import { loadLanguage } from './texts';

/** Each language in its own words, so that it is found by those who cannot read the other. */
const LANGUAGE_NAMES: Record<Language, string> = { 'zh-CN': '简体中文', en: 'English' };

const THEME_ICONS = { system: <DesktopOutlined />, light: <SunOutlined />, dark: <MoonOutlined /> };

/** What the server wrote comes in the chosen language too, so it is read again. */
function useChooseLanguage(): (language: Language) => Promise<void> {
  const queries = useQueryClient();
  return async (language) => {
    await loadLanguage(language);
    await queries.invalidateQueries();
  };
}

/** Menu entries for the language: for the menu of its own and for the phone's drawer. */
export function useLanguageItems(): MenuProps {
  const language = useLanguage();
  const choose = useChooseLanguage();
  return {
    selectable: true,
    selectedKeys: [language],
    items: Object.entries(LANGUAGE_NAMES).map(([key, label]) => ({ key, label })),
    onClick: ({ key }) => void choose(key as Language),
  };
}

export function useThemeItems(): MenuProps {
  const choice = useThemeChoice();
  return {
    selectable: true,
    selectedKeys: [choice],
    items: THEME_CHOICES.map((key) => ({
      key,
      label: t(`app.theme.${key}`),
      icon: THEME_ICONS[key],
    })),
    onClick: ({ key }) => chooseTheme(key as ThemeChoice),
  };
}

export function LanguageMenu() {
  const label = t('app.top.language');
  return (
    <Dropdown menu={useLanguageItems()} trigger={['click']}>
      <Button type="text" icon={<TranslationOutlined />} aria-label={label} title={label} />
    </Dropdown>
  );
}

export function ThemeMenu() {
  const label = t('app.top.theme');
  return (
    <Dropdown menu={useThemeItems()} trigger={['click']}>
      <Button type="text" icon={<BgColorsOutlined />} aria-label={label} title={label} />
    </Dropdown>
  );
}
