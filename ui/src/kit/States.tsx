import {
  CloudSyncOutlined,
  DisconnectOutlined,
  FileSearchOutlined,
  InboxOutlined,
  LockOutlined,
  ReloadOutlined,
  WarningOutlined,
} from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asApiError } from '@/api/errors';
import { t } from '@/i18n';

export interface EmptyStateProps {
  title: ReactNode;
  /** What to do next. */
  hint?: ReactNode;
  icon?: ReactNode;
  action?: ReactNode;
  /** It is the whole screen: its title is the screen's heading. */
  page?: boolean;
}

/** Nothing here: says so, why, and what to do next. */
export function EmptyState({ title, hint, icon, action, page }: EmptyStateProps) {
  return (
    <div className="lt-state">
      <div className="lt-state-icon" aria-hidden="true">
        {icon ?? <InboxOutlined />}
      </div>
      {page ? (
        <h1 className="lt-state-title">{title}</h1>
      ) : (
        <p className="lt-state-title">{title}</p>
      )}
      {hint && <p className="lt-state-hint">{hint}</p>}
      {action && <div className="lt-state-action">{action}</div>}
    </div>
  );
}

export interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  /** It is the whole screen. */
  page?: boolean;
}

/** A failure in the reader's words: offline, forbidden, not found, stale, or broken. */
export function ErrorState({ error, onRetry, page }: ErrorStateProps) {
  const problem = asApiError(error);
  const { icon, name } = describe(problem);
  const trace = problem.trace_id && t('kit.error.trace', { id: problem.trace_id });
  return (
    <div role="alert">
      <EmptyState
        page={page}
        icon={icon}
        title={t(`kit.error.${name}`)}
        hint={
          <>
            {problem.detail || t(`kit.error.${name}-hint`)}
            {trace && <span className="lt-state-trace">{trace}</span>}
          </>
        }
        action={
          onRetry && (
            <Button icon={<ReloadOutlined />} onClick={onRetry}>
              {t(name === 'stale' ? 'kit.action.reload' : 'kit.action.retry')}
            </Button>
          )
        }
      />
    </div>
  );
}

function describe(problem: ReturnType<typeof asApiError>): { icon: ReactNode; name: string } {
  if (problem.offline) return { icon: <DisconnectOutlined />, name: 'offline' };
  if (problem.forbidden) return { icon: <LockOutlined />, name: 'forbidden' };
  if (problem.notFound) return { icon: <FileSearchOutlined />, name: 'not-found' };
  if (problem.stale) return { icon: <CloudSyncOutlined />, name: 'stale' };
  return { icon: <WarningOutlined />, name: 'failed' };
}
