import type { TextTree } from '@/i18n';
import kit from '../kit/locales/en.json';
import app from './locales/en.json';

/** One chunk a language: path of the locale file → its texts. */
export const files: Record<string, TextTree> = import.meta.glob<TextTree>(
  '../modules/*/locales/en.json',
  { eager: true, import: 'default' },
);
export const own = { app, kit };
