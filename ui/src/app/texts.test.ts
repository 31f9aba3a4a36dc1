/** Every text exists in both languages, and every text that the code names exists. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { textTable } from './texts';
import * as en from './texts.en';
import * as zh from './texts.zh-CN';

const SRC = resolve(__dirname, '..');
const chinese = textTable(zh);
const english = textTable(en);

describe('locale files', () => {
  test('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  test('have no empty text', () => {
    const empty = [...chinese, ...english].filter(([, text]) => text.trim() === '');
    expect(empty).toEqual([]);
  });

  test('name the same places to fill', () => {
    const places = (text = '') => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    const differing = [...chinese].filter(([key, text]) => {
      return places(text).join() !== places(english.get(key)).join();
    });
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  test('contain no Chinese in the English texts', () => {
    const left = [...english].filter(([, text]) => /\p{Script=Han}/u.test(text));
    expect(left).toEqual([]);
  });
});

describe('texts named in the code', () => {
  let named: Set<string>;
  beforeAll(() => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
      .filter((path) => !path.endsWith('schema.gen.ts'));
    const call = /\bt\(\s*'([^'$]+)'/g;
    const label = /\blabel: '([a-z][\w-]*\.[\w.-]+)'/g;
    named = new Set(
      files.flatMap((path) => {
        const text = readFileSync(join(SRC, path), 'utf8');
        return [...text.matchAll(call), ...text.matchAll(label)].map((match) => match[1] ?? '');
      }),
    );
  });

  test('exist', () => {
    expect([...named].filter((key) => !chinese.has(key))).toEqual([]);
  });
});
