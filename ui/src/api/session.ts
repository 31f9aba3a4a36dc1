/** Who is signed in, as whom, and what that role may do. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { announceSignedOut, call } from './client';
import { ApiError } from './errors';

export interface Assignment {
  id: string;
  role: string;
  role_name: string;
  org_id: string;
  org_name: string;
  department_id?: string | null;
  department_name?: string | null;
}

export interface Session {
  account: { id: string; username: string; name: string };
  assignment: Assignment;
  assignments: Assignment[];
  /** Permission code → how far it reaches. */
  permissions: Record<string, string>;
  csrf?: string;
  demo: boolean;
  totp_enabled: boolean;
  /** The server's version; when it changes, this page is old. */
  version: string;
}

export interface DemoAccount {
  account_id: string;
  name: string;
  role: string;
  role_name: string;
  org_name: string;
  org_kind: string;
  /** What this person does in the demonstration, one line. */
  hint?: string | null;
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
    if (!(thrown instanceof ApiError && thrown.unauthenticated)) throw thrown;
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

/** The demonstration accounts; empty where the server is not a demonstration. */
export async function readDemoAccounts(): Promise<DemoAccount[]> {
  try {
    const answer = await call<{ items: DemoAccount[] } | DemoAccount[]>(
      'GET',
      '/api/demo/accounts',
    );
    return Array.isArray(answer) ? answer : answer.items;
  } catch (thrown) {
    if (thrown instanceof ApiError && !thrown.transient) return [];
    throw thrown;
  }
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
