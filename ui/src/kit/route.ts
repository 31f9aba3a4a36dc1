/** Reading and changing the address, without knowing how the application wires its routes. */
import { useParams, useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';

/** A `$name` place of the route's path. */
export function useRouteParam(name: string): string {
  const params = useParams({ strict: false }) as Record<string, string | undefined>;
  const value = params[name];
  if (value === undefined) throw new Error(`this route has no $${name}`);
  return value;
}

/** Goes to a path (with its query). `replace` leaves no step behind for the back button. */
export function useGo(): (path: string, options?: { replace?: boolean }) => void {
  const router = useRouter();
  return useCallback(
    (path, options) => {
      if (options?.replace) router.history.replace(path);
      else router.history.push(path);
    },
    [router],
  );
}

/** Back where the person came from, or to `fallback` when the page was opened directly. */
export function useBack(fallback: string): () => void {
  const router = useRouter();
  return useCallback(() => {
    if (router.history.canGoBack()) router.history.back();
    else router.history.push(fallback);
  }, [router, fallback]);
}
