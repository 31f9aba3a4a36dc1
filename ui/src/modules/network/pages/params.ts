import { useParams } from '@tanstack/react-router';

/** A `$name` place of the route's path; absent where the same screen makes something new. */
export function useOptionalParam(name: string): string | undefined {
  return (useParams({ strict: false }) as Record<string, string | undefined>)[name];
}
