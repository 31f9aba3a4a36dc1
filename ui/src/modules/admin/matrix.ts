/** What differs between two role matrices, in words a person can check. */
import type { RoleDefinition, Scope } from './types';

export interface GrantChange {
  role: string;
  permission: string;
  before?: Scope;
  after?: Scope;
}

/** Every cell that differs, role by role. */
export function matrixChanges(before: RoleDefinition[], after: RoleDefinition[]): GrantChange[] {
  return after.flatMap((role) => {
    const old = before.find((one) => one.code === role.code)?.grants ?? {};
    const permissions = [...new Set([...Object.keys(old), ...Object.keys(role.grants)])].sort();
    return permissions
      .filter((permission) => old[permission] !== role.grants[permission])
      .map((permission) => ({
        role: role.code,
        permission,
        before: old[permission],
        after: role.grants[permission],
      }));
  });
}

/** The matrix with one cell changed; without a scope the permission is taken away. */
export function withGrant(
  roles: RoleDefinition[],
  code: string,
  permission: string,
  scope: Scope | undefined,
): RoleDefinition[] {
  return roles.map((role) => {
    if (role.code !== code) return role;
    const { [permission]: _, ...rest } = role.grants;
    return { ...role, grants: scope ? { ...rest, [permission]: scope } : rest };
  });
}
