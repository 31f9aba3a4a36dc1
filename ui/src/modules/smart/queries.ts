import { useQuery } from '@tanstack/react-query';
import { call, callVersioned } from '@/api/client';
import type { AppInput, AppRow, Asked } from './types';

export function useApps() {
  return useQuery({
    queryKey: ['smart-app', 'list'],
    queryFn: ({ signal }) => call<AppRow[]>('GET', '/api/smart/apps', { signal }),
  });
}

export function useApp(id: string | undefined) {
  return useQuery({
    queryKey: ['smart-app', 'one', id],
    queryFn: ({ signal }) => callVersioned<AppRow>('GET', `/api/smart/apps/${id}`, { signal }),
    enabled: id !== undefined,
  });
}

/** What an app asks for: asked once, since each refusal is written down. */
export function useAsked(query: string) {
  return useQuery({
    queryKey: ['smart', 'asked', query],
    queryFn: ({ signal }) =>
      call<Asked>('POST', '/api/smart/requests', { body: { query }, signal }),
    retry: false,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What is sent of an app: the server refuses what it sets itself. */
export function inputOf(app: AppRow): AppInput {
  return {
    org_id: app.org_id,
    name: app.name,
    description: app.description,
    client: app.client,
    redirect_uris: app.redirect_uris,
    launch_url: app.launch_url,
    scopes: app.scopes,
    jwks: app.jwks,
    jwks_url: app.jwks_url,
    account: app.account,
    everyone: app.everyone,
    state: app.state,
  };
}
