/** The theme the person chose, and what Ant Design makes of it. */
import { theme as antTheme, type ThemeConfig } from 'antd';
import { useSyncExternalStore } from 'react';
import { FONT_FAMILY, PALETTES, type Scheme } from './tokens';

export type ThemeChoice = 'light' | 'dark' | 'system';
export const THEME_CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const STORAGE_KEY = 'lianti.theme';
const listeners = new Set<() => void>();
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');
darkSystem.addEventListener('change', announce);

/** Where a screen always has one scheme (the wall is dark), it says so while it is shown. */
let forced: Scheme | null = null;

export function themeChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORAGE_KEY);
  return THEME_CHOICES.find((choice) => choice === stored) ?? 'system';
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(STORAGE_KEY, choice);
  announce();
}

/** Forces a scheme until called with `null`. */
export function forceScheme(scheme: Scheme | null): void {
  forced = scheme;
  announce();
}

/** The scheme in use now. */
export function currentScheme(): Scheme {
  if (forced) return forced;
  const choice = themeChoice();
  if (choice === 'system') return darkSystem.matches ? 'dark' : 'light';
  return choice;
}

export function useScheme(): Scheme {
  return useSyncExternalStore(subscribe, currentScheme);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice);
}

/** Ant Design, compact, in our colours. */
export function antDesignTheme(scheme: Scheme): ThemeConfig {
  const palette = PALETTES[scheme];
  const algorithm = [antTheme.compactAlgorithm];
  if (scheme === 'dark') algorithm.unshift(antTheme.darkAlgorithm);
  return {
    algorithm,
    token: {
      colorPrimary: palette.accent,
      colorLink: palette.tones.active.text,
      colorInfo: palette.accent,
      colorInfoBg: palette.tones.active.background,
      colorInfoBorder: palette.line,
      colorSuccess: palette.tones.done.solid,
      colorWarning: palette.tones.soon.solid,
      // The dark algorithm dims it, so it starts brighter there.
      colorError: palette.tones.overdue[scheme === 'dark' ? 'text' : 'solid'],
      colorErrorText: palette.tones.overdue.text,
      colorBgLayout: palette.page,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.raised,
      colorText: palette.text,
      colorTextSecondary: palette.muted,
      colorTextTertiary: palette.muted,
      colorTextDescription: palette.muted,
      colorTextPlaceholder: palette.muted,
      colorBorder: palette.line,
      colorBorderSecondary: palette.line,
      fontFamily: FONT_FAMILY,
      // The compact algorithm takes two pixels off the text and four off the controls.
      fontSize: 16,
      controlHeight: 34,
      borderRadius: 6,
    },
    components: {
      Button: {
        primaryColor: palette.onAccent,
        dangerColor: scheme === 'dark' ? '#2A0F05' : '#FFFFFF',
        defaultShadow: 'none',
        primaryShadow: 'none',
      },
      Table: { cellPaddingBlock: 6, cellPaddingInline: 10, headerBg: palette.page },
      Modal: { titleFontSize: 16 },
      Form: { itemMarginBottom: 18, verticalLabelPadding: '0 0 4px' },
    },
  };
}

function announce(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
