/** Calls of the patient index: possible duplicates, merges, sources, quality. */
import { useQuery } from '@tanstack/react-query';
import { call, ifMatch, type Page } from '@/api/client';
import type { CommandHeaders } from '@/api/command';
import { usePages } from '@/kit/usePages';
import type {
  IndexSummary,
  MatchDecide,
  MatchReviewDetail,
  MatchReviewRow,
  MatchReviewState,
  NewSource,
  PatientMerge,
  PatientMergeInput,
  PatientSources,
  QualityRow,
  SourceReceived,
} from './types';

const BASE = '/api/patient-index';

export const QUALITY_EXPORT = `${BASE}/quality/export`;

export function useIndexSummary() {
  return useQuery({
    queryKey: ['match-review', 'summary'],
    queryFn: ({ signal }) => call<IndexSummary>('GET', BASE, { signal }),
    meta: { follows: ['rule'] },
  });
}

export function useReviews(state: MatchReviewState) {
  return usePages<MatchReviewRow>(['match-review', 'list', state], (after, signal) =>
    call<Page<MatchReviewRow>>('GET', `${BASE}/reviews`, {
      query: { state, after, limit: 50 },
      signal,
    }),
  );
}

/** A pair side by side. Each look is noted for both patients, so it is not read again by itself. */
export function useReview(id: string) {
  return useQuery({
    queryKey: ['match-review', id],
    queryFn: ({ signal }) => call<MatchReviewDetail>('GET', `${BASE}/reviews/${id}`, { signal }),
    refetchOnWindowFocus: false,
    retry: false,
  });
}

export function decideReview(
  pair: Pick<MatchReviewDetail, 'review' | 'version'>,
  body: MatchDecide,
  headers: CommandHeaders,
) {
  return call<MatchReviewRow>('POST', `${BASE}/reviews/${pair.review.id}/decide`, {
    body,
    headers: { ...headers, ...ifMatch(pair.version) },
  });
}

export function useMerges() {
  return usePages<PatientMerge>(['patient-merge', 'list'], (after, signal) =>
    call<Page<PatientMerge>>('GET', `${BASE}/merges`, { query: { after, limit: 50 }, signal }),
  );
}

/** Two patients that are one, whoever found them. */
export function mergePatients(body: PatientMergeInput, headers: CommandHeaders) {
  return call<PatientMerge>('POST', `${BASE}/merges`, { body, headers });
}

/** A registration that another system holds. */
export function receiveSource(body: NewSource, headers: CommandHeaders) {
  return call<SourceReceived>('POST', `${BASE}/sources`, { body, headers });
}

export function mergePath(id: string) {
  return `${BASE}/merges/${id}`;
}

export function undoMerge(
  id: string,
  version: string,
  body: { reason: string },
  headers: CommandHeaders,
) {
  return call<PatientMerge>('POST', `${mergePath(id)}/undo`, {
    body,
    headers: { ...headers, ...ifMatch(version) },
  });
}

export function useSources(id: string) {
  return useQuery({
    queryKey: ['patient', id, 'sources'],
    queryFn: ({ signal }) => call<PatientSources>('GET', `/api/patients/${id}/sources`, { signal }),
    meta: { follows: ['patient-merge', 'source-record'] },
    retry: false,
  });
}

export function useQuality() {
  return useQuery({
    queryKey: ['source-record', 'quality'],
    queryFn: ({ signal }) => call<QualityRow[]>('GET', `${BASE}/quality`, { signal }),
  });
}
