/** Commands: mutations that act once however often they are sent. */
import {
  type QueryKey,
  type UseMutationResult,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { useRef } from 'react';
import { newKey } from './client';
import { ApiError } from './errors';

const RETRIES_MAX = 2;
const RETRY_DELAY_MS = 1_500;

export interface CommandOptions<Result> {
  /** Query keys to read again after success; the live events usually do it anyway. */
  invalidates?: QueryKey[];
  onSuccess?: (result: Result) => void;
}

/** What a command passes into its call: spread it into the call's `headers`. */
export type CommandHeaders = { 'Idempotency-Key': string };

/**
 * A command bound to its form. The idempotency key stays the same while the same input is sent
 * again (retry, second click, answer lost on the way) and changes with the input or after success.
 */
export function useCommand<Input, Result>(
  run: (input: Input, headers: CommandHeaders) => Promise<Result>,
  options: CommandOptions<Result> = {},
): UseMutationResult<Result, ApiError, Input> {
  const queries = useQueryClient();
  const last = useRef<{ input: string; key: string } | null>(null);
  return useMutation<Result, ApiError, Input>({
    mutationFn: (input) => {
      const text = JSON.stringify(input) ?? '';
      if (last.current?.input !== text) last.current = { input: text, key: newKey() };
      return run(input, { 'Idempotency-Key': last.current.key });
    },
    retry: (count, error) => error instanceof ApiError && error.transient && count < RETRIES_MAX,
    retryDelay: RETRY_DELAY_MS,
    onSuccess: async (result) => {
      last.current = null;
      for (const queryKey of options.invalidates ?? []) {
        void queries.invalidateQueries({ queryKey });
      }
      options.onSuccess?.(result);
    },
  });
}
