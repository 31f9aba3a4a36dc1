import type { ReactNode } from 'react';
import { ApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { ErrorState } from '@/kit/States';

/** Shows a screen only to those who may open it. The server decides again for every call. */
export function Gate({ permission, children }: { permission?: string; children: ReactNode }) {
  const can = useCan();
  if (permission === undefined || can(permission)) return children;
  return (
    <ErrorState error={new ApiError({ status: 403, code: 'page.forbidden', detail: '' })} page />
  );
}
