/**
 * One timeline out of many searches. FHIR sorts one type at a time, so each type is a stream of its
 * own, newest first; the streams are merged here. What is older than the end of a stream that goes on
 * is held back: otherwise a later page would put things above what was read already.
 */
import type { ApiError } from '@/api/errors';
import { asApiError } from '@/api/errors';
import { fhirAddress, fhirSearch, type SearchPage } from './client';
import type { Entry, EntryKind } from './entries';
import type { Resource } from './resource';

interface Stream {
  type: string;
  kinds: readonly EntryKind[];
  /** The search parameter that the stream is sorted by and that dates filter. */
  date: string;
  /** What comes along to say where it is from. */
  include?: readonly string[];
  revinclude?: string;
}

export const STREAMS: readonly Stream[] = [
  {
    type: 'Encounter',
    kinds: ['visit'],
    date: 'date',
    include: ['Encounter:service-provider', 'Encounter:participant'],
  },
  {
    type: 'Condition',
    kinds: ['diagnosis'],
    date: 'recorded-date',
    include: ['Condition:asserter'],
  },
  {
    type: 'AllergyIntolerance',
    kinds: ['allergy'],
    date: 'date',
    include: ['AllergyIntolerance:recorder'],
  },
  {
    type: 'MedicationRequest',
    kinds: ['drug'],
    date: 'authoredon',
    include: ['MedicationRequest:requester', 'MedicationRequest:medication'],
  },
  {
    type: 'MedicationStatement',
    kinds: ['drug'],
    date: 'effective',
    include: ['MedicationStatement:source', 'MedicationStatement:medication'],
  },
  { type: 'Observation', kinds: ['result'], date: 'date', include: ['Observation:performer'] },
  {
    type: 'DiagnosticReport',
    kinds: ['result'],
    date: 'date',
    include: ['DiagnosticReport:performer'],
  },
  { type: 'Procedure', kinds: ['procedure'], date: 'date', include: ['Procedure:performer'] },
  {
    type: 'Immunization',
    kinds: ['immunization'],
    date: 'date',
    include: ['Immunization:performer'],
  },
  { type: 'Composition', kinds: ['document'], date: 'date', include: ['Composition:author'] },
  {
    type: 'DocumentReference',
    kinds: ['document'],
    date: 'date',
    include: ['DocumentReference:author'],
  },
  {
    type: 'ServiceRequest',
    kinds: ['referral'],
    date: 'authored',
    include: ['ServiceRequest:requester'],
    revinclude: 'Task:focus',
  },
];

/** Resources a page of one stream has. */
const PAGE_SIZE = 40;
/** How many streams go on at a time: those that hold back the most. */
const STREAMS_AT_ONCE = 4;

export interface StreamFilter {
  kinds: readonly string[];
  /** Only these types of the kinds. */
  types?: readonly string[];
  /** Days, as `2026-11-22`. */
  from?: string;
  to?: string;
}

/** What to read: the address of each stream's page, by its type. */
export type StreamPlaces = Record<string, string>;

export interface StreamPart extends SearchPage {
  /** Why nothing came; `next` then is the same address again. */
  error?: ApiError;
}

export type StreamPage = Record<string, StreamPart>;

/** The first page of every stream that the filter wants. */
export function firstPlaces(patient_id: string, filter: StreamFilter): StreamPlaces {
  const { kinds, types } = filter;
  const wanted = STREAMS.filter(
    (stream) =>
      (kinds.length === 0 || stream.kinds.some((kind) => kinds.includes(kind))) &&
      (!types || types.includes(stream.type)),
  );
  return Object.fromEntries(
    wanted.map((stream) => [stream.type, streamAddress(stream, patient_id, filter)]),
  );
}

function streamAddress(stream: Stream, patient_id: string, filter: StreamFilter): string {
  const dates = [filter.from && `ge${filter.from}`, filter.to && `le${filter.to}`];
  return fhirAddress(stream.type, {
    patient: patient_id,
    [stream.date]: dates.filter((one): one is string => Boolean(one)),
    _sort: `-${stream.date}`,
    _count: PAGE_SIZE,
    _include: [...(stream.include ?? [])],
    _revinclude: stream.revinclude,
  });
}

/**
 * Reads one page of each stream. One that fails does not take the others with it; when all of them
 * fail, that is the answer.
 */
export async function readStreams(places: StreamPlaces, signal?: AbortSignal): Promise<StreamPage> {
  const types = Object.keys(places);
  const parts = await Promise.all(types.map((type) => readPart(places[type] ?? '', signal)));
  const [failed] = parts.map((part) => part.error).filter(Boolean);
  if (failed && parts.every((part) => part.error)) throw failed;
  return Object.fromEntries(types.map((type, index) => [type, parts[index] as StreamPart]));
}

async function readPart(address: string, signal?: AbortSignal): Promise<StreamPart> {
  try {
    return await fhirSearch(address, signal);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
    return { resources: [], included: [], next: address, error: asApiError(thrown) };
  }
}

/** The streams as they stand after all pages read so far. */
export function standing(pages: StreamPage[]): StreamPage {
  const whole: StreamPage = {};
  for (const page of pages) {
    for (const [type, part] of Object.entries(page)) {
      const before = whole[type];
      whole[type] = {
        resources: [...(before?.resources ?? []), ...part.resources],
        included: [...(before?.included ?? []), ...part.included],
        next: part.next,
        error: part.error,
      };
    }
  }
  return whole;
}

/** Until when each open stream has been read; a failed one says nothing of what it holds. */
function ends(whole: StreamPage, entries: Entry[]): Map<string, number> {
  const oldest = new Map<string, number>();
  for (const { resource, at_ms } of entries) {
    const known = oldest.get(resource.resourceType);
    if (at_ms !== null && (known === undefined || at_ms < known)) {
      oldest.set(resource.resourceType, at_ms);
    }
  }
  const open = Object.entries(whole).filter(([, part]) => part.next && !part.error);
  return new Map(open.map(([type]) => [type, oldest.get(type) ?? Number.POSITIVE_INFINITY]));
}

/** The entries that stand, newest first: nothing read later can come between them. */
export function settled(whole: StreamPage, entries: Entry[]): Entry[] {
  const open = ends(whole, entries);
  const frontier = open.size === 0 ? Number.NEGATIVE_INFINITY : Math.max(...open.values());
  return entries
    .filter((entry) => (entry.at_ms === null ? open.size === 0 : entry.at_ms >= frontier))
    .sort(newestFirst);
}

/** What to read next; `undefined` when every stream has come to its end. */
export function nextPlaces(whole: StreamPage, entries: Entry[]): StreamPlaces | undefined {
  const open = [...ends(whole, entries)].sort(([, one], [, other]) => other - one);
  const failed = Object.entries(whole).filter(([, part]) => part.error && part.next);
  const wanted = [
    ...open.slice(0, STREAMS_AT_ONCE).map(([type]) => type),
    ...failed.map(([type]) => type),
  ];
  if (wanted.length === 0) return undefined;
  return Object.fromEntries(wanted.map((type) => [type, whole[type]?.next ?? '']));
}

export function newestFirst(one: Entry, other: Entry): number {
  if (one.at_ms === other.at_ms) return one.address < other.address ? -1 : 1;
  if (one.at_ms === null) return 1;
  if (other.at_ms === null) return -1;
  return other.at_ms - one.at_ms;
}

/** Everything that came along, for naming sources. */
export function everything(whole: StreamPage): Resource[] {
  return Object.values(whole).flatMap((part) => [...part.included, ...part.resources]);
}
