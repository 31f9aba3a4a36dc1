/** Loads a language: the application's, the kit's and every module's texts as one table. */
import 'dayjs/locale/zh-cn';
import dayjs from 'dayjs';
import { applyTexts, flatten, type Language, type TextTree } from '@/i18n';

interface TextChunk {
  files: Record<string, TextTree>;
  own: Record<string, TextTree>;
}

const CHUNKS: Record<Language, () => Promise<TextChunk>> = {
  'zh-CN': () => import('./texts.zh-CN'),
  en: () => import('./texts.en'),
};

/** Shows everything in `language` from now on. */
export async function loadLanguage(language: Language): Promise<void> {
  const chunk = await CHUNKS[language]();
  dayjs.locale(language === 'zh-CN' ? 'zh-cn' : 'en');
  applyTexts(language, textTable(chunk));
}

/** The module's folder is the prefix of its texts. */
export function textTable(chunk: TextChunk): Map<string, string> {
  const table = new Map<string, string>();
  for (const [name, tree] of Object.entries(chunk.own)) flatten(name, tree, table);
  for (const [path, tree] of Object.entries(chunk.files)) {
    flatten(path.split('/').at(-3) ?? path, tree, table);
  }
  return table;
}
