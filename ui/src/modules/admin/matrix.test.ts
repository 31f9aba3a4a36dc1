import { expect, test } from 'vitest';
import { matrixChanges, withGrant } from './matrix';
import type { RoleDefinition } from './types';

const roles: RoleDefinition[] = [
  { code: 'nurse', name_zh: '护士', name_en: 'Nurse', grants: { 'bed.read': 'org' } },
  { code: 'chief', name_zh: '总值班', name_en: 'Chief', grants: {} },
];

test('a changed cell is one change, and changing it back is none', () => {
  const wider = withGrant(roles, 'nurse', 'bed.read', 'group');
  expect(matrixChanges(roles, wider)).toEqual([
    { role: 'nurse', permission: 'bed.read', before: 'org', after: 'group' },
  ]);
  expect(matrixChanges(roles, withGrant(wider, 'nurse', 'bed.read', 'org'))).toEqual([]);
});

test('taking a permission away and giving a new one are told apart', () => {
  const gone = withGrant(roles, 'nurse', 'bed.read', undefined);
  const given = withGrant(gone, 'chief', 'bed.read', 'below');
  expect(matrixChanges(roles, given)).toEqual([
    { role: 'nurse', permission: 'bed.read', before: 'org', after: undefined },
    { role: 'chief', permission: 'bed.read', before: undefined, after: 'below' },
  ]);
});
