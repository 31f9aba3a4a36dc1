import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { serverNow } from '@/api/serverTime';
import { preflight } from './api';
import { contentOf, type FormValues, preflightKey } from './newForm';

const PAUSE_MS = 500;

/** What the rules say of the form as it stands, asked again when something they look at changes. */
export function usePreflight(values: FormValues) {
  const key = preflightKey(values);
  const [asked, setAsked] = useState({ key, values });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the rules look at asks anew
  useEffect(() => {
    const timer = setTimeout(() => setAsked({ key, values }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return useQuery({
    queryKey: ['referral', 'preflight', asked.key],
    queryFn: ({ signal }) => {
      const { kind, patient_id } = asked.values;
      const now = new Date(serverNow()).toISOString();
      const content = contentOf(asked.values, now);
      return preflight({ kind, patient_id, content }, signal);
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
}
