/** What the summary reads: a handful of short searches, each with its own outcome. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useOrgName } from '../api';
import type { Patient } from '../types';
import {
  fhirAddress,
  fhirSearchAll,
  requireBasis,
  type SearchPage,
  type SearchQuery,
} from './client';
import { type Entry, entryOf } from './entries';
import type * as R from './resource';
import { sourceContext } from './source';
import {
  type AllergyKnowledge,
  allergyFacts,
  BLOOD_GROUP_CODES,
  bloodFacts,
  drugFacts,
  type Fact,
  problemFacts,
  resultFacts,
} from './summary';
import { CHART_STALE_MS, useKeepers } from './useTimeline';

/** Pages of one search a summary reads at most; more than that is said, not read. */
const PAGES_MAX = 3;
const PAGE_SIZE = 100;
/** States of an observation that is a result. */
const RESULT_STATES = 'final,amended,corrected,preliminary';

/** One part of the summary: what it says, and whether it could be read to its end. */
export interface Part<Content> {
  content: Content;
  pending: boolean;
  /** It could not be read: the content is what the platform itself knows, at most. */
  failed: boolean;
  /** There is more than was read. */
  cut: boolean;
}

export interface Summary {
  allergies: Part<{ knowledge: AllergyKnowledge; facts: Fact[] }>;
  problems: Part<Fact[]>;
  drugs: Part<Fact[]>;
  results: Part<Fact[]>;
  blood: Part<Fact[]>;
  referrals: Part<Entry[]>;
  readAgain: () => void;
  pending: boolean;
}

function useSearch(patient_id: string, name: string, path: string, query: SearchQuery) {
  return useQuery({
    queryKey: ['record-chart', patient_id, 'summary', name],
    queryFn: ({ signal }) =>
      fhirSearchAll(fhirAddress(path, { patient: patient_id, ...query }), PAGES_MAX, signal),
    staleTime: CHART_STALE_MS,
    refetchOnWindowFocus: false,
  });
}

export function useSummary(patient_id: string, patient: Patient | undefined): Summary {
  const orgName = useOrgName();
  const keepers = useKeepers(patient);
  const allergies = useSearch(patient_id, 'allergies', 'AllergyIntolerance', {
    _count: PAGE_SIZE,
    _include: 'AllergyIntolerance:recorder',
  });
  const problems = useSearch(patient_id, 'problems', 'Condition', { _count: PAGE_SIZE });
  const orders = useSearch(patient_id, 'orders', 'MedicationRequest', {
    status: 'active',
    _count: PAGE_SIZE,
    _include: ['MedicationRequest:requester', 'MedicationRequest:medication'],
  });
  const statements = useSearch(patient_id, 'statements', 'MedicationStatement', {
    status: 'active',
    _count: PAGE_SIZE,
    _include: 'MedicationStatement:medication',
  });
  const results = useSearch(patient_id, 'results', 'Observation/$lastn', {
    max: 1,
    status: RESULT_STATES,
  });
  const blood = useSearch(patient_id, 'blood', 'Observation', {
    code: BLOOD_GROUP_CODES.map((code) => `http://loinc.org|${code}`).join(','),
    status: RESULT_STATES,
    _sort: '-date',
  });
  const referrals = useSearch(patient_id, 'referrals', 'ServiceRequest', {
    status: 'active',
    _count: PAGE_SIZE,
    _include: 'ServiceRequest:requester',
    _revinclude: 'Task:focus',
  });
  // Without a basis searches find nothing: then no part may say "none".
  const basis = useQuery({
    queryKey: ['record-chart', patient_id, 'summary', 'basis'],
    queryFn: async ({ signal }) => {
      await requireBasis(patient_id, signal);
      return true;
    },
    staleTime: CHART_STALE_MS,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const part = <Content>(content: Content, queries: UseQueryResult<SearchPage>[]) =>
    partOf(content, queries, basis);
  const all = [allergies, problems, orders, statements, results, blood, referrals];
  const data = all.map((one) => one.data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answers, one by one
  const context = useMemo(() => {
    const came = data.flatMap((page) => [...(page?.included ?? []), ...(page?.resources ?? [])]);
    return sourceContext(orgName, came, keepers);
  }, [orgName, keepers, ...data]);
  const found = <Kind extends R.Resource>(query: UseQueryResult<SearchPage>) =>
    (query.data?.resources ?? []) as Kind[];
  const drugs = [...found<R.Medication>(orders), ...found<R.Medication>(statements)];
  return {
    allergies: part(allergyFacts(patient, found(allergies), context), [allergies]),
    problems: part(problemFacts(patient, found(problems), context), [problems]),
    drugs: part(drugFacts(drugs, context), [orders, statements]),
    results: part(resultFacts(found(results), context), [results]),
    blood: part(bloodFacts(found(blood), context), [blood]),
    referrals: part(
      found(referrals).flatMap((one) => entryOf(one, context) ?? []),
      [referrals],
    ),
    readAgain: () => {
      for (const one of [basis, ...all]) void one.refetch();
    },
    pending: all.some((one) => one.isPending),
  };
}

function partOf<Content>(
  content: Content,
  queries: UseQueryResult<SearchPage>[],
  basis: UseQueryResult<boolean>,
): Part<Content> {
  return {
    content,
    pending: [basis, ...queries].some((one) => one.isPending),
    failed: [basis, ...queries].some((one) => one.isError),
    cut: queries.some((one) => one.data?.next),
  };
}
