/** The module's calls. */
import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import type { CommandHeaders } from '@/api/command';
import type { ClinicalDocument, DischargeContent, DocumentStored, Stay } from './types';

const SUMMARIES = '/api/documents/discharge-summaries';

/** Stays of a patient at one's own organization. */
export function useStays(patient_id: string) {
  return useQuery({
    queryKey: ['document-stays', patient_id],
    queryFn: ({ signal }) =>
      call<Stay[]>('GET', '/api/documents/stays', { query: { patient_id }, signal }),
    retry: false,
  });
}

/** What is known of a stay. It is read once: what the doctor writes is not overwritten. */
export function useDraft(patient_id: string, stay: Stay | undefined) {
  return useQuery({
    queryKey: ['document-draft', patient_id, stay?.source, stay?.id],
    queryFn: ({ signal }) =>
      call<DischargeContent>('POST', `${SUMMARIES}/draft`, {
        body: { patient_id, source: stay?.source, stay_id: stay?.id },
        signal,
      }),
    enabled: stay !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

export function previewSummary(content: DischargeContent) {
  return call<ClinicalDocument>('POST', `${SUMMARIES}/preview`, { body: content });
}

export function issueSummary(content: DischargeContent, headers: CommandHeaders) {
  return call<DocumentStored>('POST', SUMMARIES, { body: content, headers });
}
