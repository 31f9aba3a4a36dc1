/** The direction of the code, held by reading its imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(__dirname);
/** Which folders each folder may import from, besides itself. */
const ALLOWED: Record<string, string[]> = {
  i18n: [],
  api: ['i18n'],
  kit: ['i18n', 'api'],
  modules: ['i18n', 'api', 'kit'],
  app: ['i18n', 'api', 'kit', 'modules'],
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .filter((path) => path.includes('/'));

function importsOf(path: string): string[] {
  const text = readFileSync(join(SRC, path), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found]
    .map((match) => match[1] ?? '')
    .filter((target) => target.startsWith('.') || target.startsWith('@/'))
    .map((target) =>
      target.startsWith('@/')
        ? target.slice(2)
        : relative(SRC, resolve(SRC, dirname(path), target)),
    );
}

test.each(files)('%s imports only what stands below it', (path) => {
  const [folder = '', part] = path.split('/');
  for (const target of importsOf(path)) {
    const [targetFolder = '', targetPart] = target.split('/');
    const inside = folder === targetFolder && (folder !== 'modules' || part === targetPart);
    expect(inside || (ALLOWED[folder] ?? []).includes(targetFolder), `imports ${target}`).toBe(
      true,
    );
  }
});
