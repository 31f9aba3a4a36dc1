/** What the administration screens read, and the names they share. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { call } from '@/api/client';
import { useCan } from '@/api/session';
import { language, textOr } from '@/i18n';
import type { AccountView, PermissionView, RoleMatrixView } from './types';

const MATRIX_STALE_MS = 5 * 60_000;

export function useMatrix() {
  const can = useCan();
  return useQuery({
    queryKey: ['rule-set', 'access.roles'],
    queryFn: ({ signal }) => call<RoleMatrixView>('GET', '/api/roles', { signal }),
    staleTime: MATRIX_STALE_MS,
    enabled: can('role.read'),
  });
}

/** The name of a role by its code. */
export function useRoleName(): (code: string) => string {
  const { data } = useMatrix();
  return useCallback(
    (code) => {
      const role = data?.matrix.roles.find((one) => one.code === code);
      if (!role) return textOr(code, `admin.role.${code}`);
      return language() === 'en' ? role.name_en : role.name_zh;
    },
    [data],
  );
}

export function permissionTitle(permission: PermissionView): string {
  return language() === 'en' ? permission.title_en : permission.title_zh;
}

export function useAccount(id: string) {
  return useQuery({
    queryKey: ['account', id],
    queryFn: ({ signal }) => call<AccountView>('GET', `/api/accounts/${id}`, { signal }),
    meta: { follows: ['assignment', 'token'] },
  });
}

/** The title of a rule in the reader's language. */
export function ruleTitle(rule: { title_zh: string; title_en: string }): string {
  return language() === 'en' ? rule.title_en : rule.title_zh;
}
