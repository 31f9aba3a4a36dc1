import { expect, test } from 'vitest';
import type { Session } from '@/api/session';
import type { UiModule, UiNav } from '@/kit/module';
import { parseQuery, printQuery } from './query';
import { railFor } from './rail';

const session = {
  assignment: { role: 'bed-manager' },
  permissions: { 'bed.read': 'org' },
} as unknown as Session;

function nav(path: string, more: Partial<UiNav> = {}): UiNav {
  return { path, label: path, icon: null, ...more };
}

test('the rail shows what the role may open, its own job first', () => {
  const modules: UiModule[] = [
    {
      key: 'a',
      order: 1,
      nav: [nav('/work'), nav('/admin', { permission: 'account.read' })],
      routes: [],
    },
    {
      key: 'b',
      order: 2,
      nav: [
        nav('/beds', { permission: 'bed.read', firstFor: ['bed-manager'] }),
        nav('/mine', { roles: ['resident'] }),
      ],
      routes: [],
    },
  ];
  expect(railFor(modules, session).map((entry) => entry.path)).toEqual(['/beds', '/work']);
});

test('the address keeps texts as texts', () => {
  const values = { q: '0012', state: ['a', 'b'] };
  expect(parseQuery(printQuery(values))).toEqual(values);
  expect(printQuery({ q: '', none: undefined })).toBe('');
});
