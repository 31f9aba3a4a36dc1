/** Keyset lists: page after page from the server. */
import {
  type InfiniteData,
  keepPreviousData,
  type QueryKey,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
} from '@tanstack/react-query';
import type { Page } from '@/api/client';

export type Pages<Row> = UseInfiniteQueryResult<InfiniteData<Page<Row>>, Error>;

export interface PagesOptions {
  /** Other kinds of things whose change makes this list old. */
  follows?: string[];
  enabled?: boolean;
}

/**
 * A list read page by page. The key starts with the kind of thing listed (live events invalidate by
 * it) and contains the filters; `read` gets the cursor, empty for the first page.
 */
export function usePages<Row>(
  key: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Row>>,
  options: PagesOptions = {},
): Pages<Row> {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    meta: { follows: options.follows ?? [] },
  });
}

/** All rows read so far. */
export function rowsOf<Row>(pages: Pages<Row>): Row[] {
  return (pages.data?.pages ?? []).flatMap((page) => page.items);
}
