/** Reading from the platform's FHIR server, with the session that the screens have. */
import { announceSignedOut, withQuery } from '@/api/client';
import { ApiError, asApiError } from '@/api/errors';
import { language } from '@/i18n';
import type { Bundle, Resource } from './resource';

const BASE = '/fhir';
const ERROR_SYSTEM = 'urn:lianti:error';

export type SearchQuery = Record<string, string | number | string[] | undefined>;

/** A page of a search: what it found, what that points at, and the address of the next one. */
export interface SearchPage {
  resources: Resource[];
  included: Resource[];
  next: string | null;
}

export function fhirAddress(path: string, query: SearchQuery = {}): string {
  return withQuery(`${BASE}/${path}`, query);
}

/** Reads an address below `/fhir`; refusals are thrown as `ApiError`, in the reader's language. */
export async function fhirRead<Body>(address: string, signal?: AbortSignal): Promise<Body> {
  return parseFhir(await fhirText(address, signal)) as Body;
}

/** As `fhirRead`, the answer as it was sent. */
export async function fhirText(address: string, signal?: AbortSignal): Promise<string> {
  let response: Response;
  try {
    const headers = { Accept: 'application/fhir+json', 'Accept-Language': language() };
    response = await fetch(address, { headers, signal });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
    throw asApiError(thrown);
  }
  const text = await response.text();
  if (response.ok) return text;
  const error = refusal(response.status, text);
  if (error.signedOut) announceSignedOut();
  throw error;
}

/**
 * A search without a basis finds nothing instead of refusing. Where nothing was found, this tells
 * "there is none" from "it may not be seen any more", by throwing.
 */
export async function requireBasis(patient_id: string, signal?: AbortSignal): Promise<void> {
  await fhirText(fhirAddress(`Patient/${patient_id}`), signal);
}

export async function fhirSearch(address: string, signal?: AbortSignal): Promise<SearchPage> {
  return pageOf(await fhirRead<Bundle>(address, signal));
}

/** All pages of a search, up to `pages_max`; `next` stays where there is more. */
export async function fhirSearchAll(
  address: string,
  pages_max: number,
  signal?: AbortSignal,
): Promise<SearchPage> {
  const all: SearchPage = { resources: [], included: [], next: address };
  for (let page = 0; page < pages_max && all.next; page += 1) {
    const found = await fhirSearch(all.next, signal);
    all.resources.push(...found.resources);
    all.included.push(...found.included);
    all.next = found.next;
  }
  return all;
}

export function pageOf(bundle: Bundle): SearchPage {
  const page: SearchPage = { resources: [], included: [], next: null };
  for (const { resource, search } of bundle.entry ?? []) {
    if (!resource?.resourceType || resource.resourceType === 'OperationOutcome') continue;
    (search?.mode === 'include' ? page.included : page.resources).push(resource);
  }
  page.next = localAddress(bundle.link?.find((link) => link.relation === 'next')?.url);
  return page;
}

/** A link of the server as an address of this page's own host: a proxy may stand between. */
export function localAddress(url: string | undefined): string | null {
  if (!url) return null;
  const at = url.indexOf(`${BASE}/`);
  return at < 0 ? null : url.slice(at);
}

/**
 * Reads JSON and keeps figures as they were written: 7.20 mmol/L was measured to the second place,
 * and a number forgets it. Browsers without the source of a value show the number.
 */
export function parseFhir(text: string): unknown {
  const keep = function (
    this: Record<string, unknown>,
    key: string,
    value: unknown,
    context?: { source?: string },
  ) {
    if (key === 'value' && typeof value === 'number' && context?.source) {
      this.valueText = context.source;
    }
    return value;
  };
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}

interface Outcome {
  issue?: {
    details?: { text?: string; coding?: { system?: string; code?: string }[] };
    diagnostics?: string;
    expression?: string[];
  }[];
}

/** An OperationOutcome as the error that every other call throws. */
export function refusal(status: number, text: string): ApiError {
  let outcome: Outcome = {};
  try {
    outcome = JSON.parse(text) as Outcome;
  } catch {
    // A proxy's own page: the status says what there is to say.
  }
  const [issue] = outcome.issue ?? [];
  const coding = issue?.details?.coding?.find((one) => one.system === ERROR_SYSTEM);
  return new ApiError({
    status,
    code: coding?.code ?? 'server.unreadable-answer',
    detail: issue?.details?.text ?? '',
    trace_id: status >= 500 ? issue?.diagnostics : undefined,
  });
}
