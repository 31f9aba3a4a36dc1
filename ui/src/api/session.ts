/** Who is signed in, as whom, and what that role may do. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { language } from '@/i18n';
import { announceSignedOut, call } from './client';
import { ApiError } from './errors';

export interface Assignment {
  id: string;
  role: string;
  role_name: string;
  role_name_en: string;
  org_id: string;
  org_name: string;
  department_id?: string | null;
}

export interface Session {
  account: { id: string; username: string; name: string };
  assignment: Assignment;
  assignments: Assignment[];
  /** Permission code → how far it reaches. */
  permissions: Record<string, string>;
  demo: boolean;
  totp_enabled: boolean;
  must_change_password: boolean;
  /** The server's version; when it changes, this page is old. */
  version: string;
}

export interface DemoAccount {
  account_id: string;
  name: string;
  role: string;
  role_name: string;
  role_name_en: string;
  org_id: string;
  org_name: string;
}

/** What everybody may know of this server. */
export interface ServerStatus {
  version: string;
  demo: boolean;
  /** Name of the consortium or installation. */
  name: string;
}

export const SESSION_KEY = ['session'] as const;

/** The session of this browser; `null` when nobody is signed in. */
export function useSessionQuery() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: 5 * 60_000 });
}

/** The session, inside screens that are only shown to a signed-in person. */
export function useSession(): Session {
  const { data } = useSessionQuery();
  if (!data) throw new Error('useSession is only for screens behind the sign-in');
  return data;
}

/** Whether the signed-in person may do `permission` at all (the server decides each case). */
export function useCan(): (permission: string) => boolean {
  const { data } = useSessionQuery();
  return (permission) => allows(data, permission);
}

/** `signed-in` is granted to everyone with a session, as on the server. */
export function allows(session: Session | null | undefined, permission?: string): boolean {
  if (!session) return false;
  if (permission === undefined || permission === 'signed-in') return true;
  return permission in session.permissions;
}

let hadSession = false;

/**
 * Reads the session. Nobody signed in is an answer, not an error; but a session that this page had
 * and lost is thrown, so that the screen stays and asks to sign in again over it.
 */
export async function readSession(): Promise<Session | null> {
  try {
    const session = await call<Session>('GET', '/api/session');
    hadSession = true;
    return session;
  } catch (thrown) {
    if (!(thrown instanceof ApiError && thrown.signedOut)) throw thrown;
    if (!hadSession) return null;
    announceSignedOut();
    throw thrown;
  }
}

export function signIn(input: { username: string; password: string; code?: string }) {
  return call<unknown>('POST', '/api/session', { body: input });
}

export function signInToDemo(account_id: string) {
  return call<unknown>('POST', '/api/demo/session', { body: { account_id } });
}

/** The role's name in the reader's language. */
export function roleName(role: { role_name: string; role_name_en: string }): string {
  return language() === 'en' ? role.role_name_en : role.role_name;
}

export function readStatus() {
  return call<ServerStatus>('GET', '/api/status');
}

/** The accounts of a demonstration, to sign in with one click. */
export function readDemoAccounts() {
  return call<DemoAccount[]>('GET', '/api/demo/accounts');
}

export function signOut() {
  return call<void>('DELETE', '/api/session');
}

export function switchAssignment(assignment_id: string) {
  return call<unknown>('POST', '/api/session/assignment', { body: { assignment_id } });
}

/** Reads the session again and drops everything cached for the person before. */
export function useSessionChange(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    const session = await readSession();
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
    queries.setQueryData(SESSION_KEY, session);
  };
}
