import { Fragment } from 'react';
import { t, textOr } from '@/i18n';
import { withGrant } from '../matrix';
import { permissionTitle, useRoleName } from '../queries';
import { type PermissionView, type RoleDefinition, SCOPES, type Scope } from '../types';
import '../admin.css';

export interface MatrixTableProps {
  permissions: PermissionView[];
  /** The columns shown. */
  roles: RoleDefinition[];
  /** All roles while the matrix is being changed. */
  draft: RoleDefinition[] | null;
  onChange: (roles: RoleDefinition[]) => void;
}

/** Permissions down, roles across, the reach in each cell. */
export function MatrixTable({ permissions, roles, draft, onChange }: MatrixTableProps) {
  const nameOf = useRoleName();
  const modules = [...new Set(permissions.map((one) => moduleOf(one.code)))];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div className="admin-matrix" role="region" aria-label={t('admin.roles.title')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('admin.roles.permission')}</th>
            {roles.map((role) => (
              <th key={role.code} scope="col" title={role.code}>
                {nameOf(role.code)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {modules.map((module) => (
            <Fragment key={module}>
              <tr className="admin-matrix-group">
                <th colSpan={roles.length + 1} scope="colgroup">
                  {textOr(module, `admin.module.${module}`)}
                </th>
              </tr>
              {permissions
                .filter((one) => moduleOf(one.code) === module)
                .map((permission) => (
                  <tr key={permission.code}>
                    <th scope="row" title={permission.code}>
                      {permissionTitle(permission)}
                      {permission.duty && (
                        <span className="lt-muted"> · {t(`admin.duty.${permission.duty}`)}</span>
                      )}
                    </th>
                    {roles.map((role) => (
                      <td key={role.code} data-scope={role.grants[permission.code]}>
                        {draft ? (
                          <ScopeSelect
                            label={`${nameOf(role.code)} · ${permissionTitle(permission)}`}
                            value={role.grants[permission.code]}
                            onChange={(scope) =>
                              onChange(withGrant(draft, role.code, permission.code, scope))
                            }
                          />
                        ) : (
                          <ScopeWord scope={role.grants[permission.code]} />
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function moduleOf(code: string): string {
  return code.split('.')[0] ?? code;
}

function ScopeWord({ scope }: { scope: Scope | undefined }) {
  if (!scope) return <span title={t('admin.roles.none')}>·</span>;
  return <span title={t(`admin.scope-long.${scope}`)}>{t(`admin.scope.${scope}`)}</span>;
}

interface ScopeSelectProps {
  label: string;
  value: Scope | undefined;
  onChange: (scope: Scope | undefined) => void;
}

/** A plain select: there are a thousand of these on the screen. */
function ScopeSelect({ label, value, onChange }: ScopeSelectProps) {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={(event) => onChange((event.target.value || undefined) as Scope | undefined)}
    >
      <option value="">{t('admin.roles.none')}</option>
      {SCOPES.map((scope) => (
        <option key={scope} value={scope}>
          {t(`admin.scope.${scope}`)}
        </option>
      ))}
    </select>
  );
}
