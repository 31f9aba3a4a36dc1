import type { TextTree } from '@/i18n';
import kit from '../kit/locales/zh-CN.json';
import app from './locales/zh-CN.json';

/** One chunk a language: path of the locale file → its texts. */
export const files: Record<string, TextTree> = import.meta.glob<TextTree>(
  '../modules/*/locales/zh-CN.json',
  { eager: true, import: 'default' },
);
export const own = { app, kit };
