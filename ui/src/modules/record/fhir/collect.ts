/** Everything of a patient in one file, figures as they were written. */
import { fhirAddress, fhirText, localAddress, pageOf, parseFhir } from './client';
import type { Bundle, Resource } from './resource';

const PAGE_SIZE = 500;
/** A page that leads nowhere must not be read for ever. */
const PAGES_MAX = 1_000;

export interface Collected {
  resources: Resource[];
  /** A FHIR Bundle of type `collection`. */
  file: string;
}

interface RawBundle {
  entry?: { fullUrl?: string; resource?: unknown }[];
}

/** Reads `$everything` page after page; tells how many there are so far. */
export async function collect(
  patient_id: string,
  onProgress: (count: number) => void,
  signal?: AbortSignal,
): Promise<Collected> {
  const resources: Resource[] = [];
  const entries: unknown[] = [];
  let address: string | null = fhirAddress(`Patient/${patient_id}/$everything`, {
    _count: PAGE_SIZE,
  });
  for (let page = 0; page < PAGES_MAX && address; page += 1) {
    const text: string = await fhirText(address, signal);
    const bundle = parseFhir(text) as Bundle;
    resources.push(...pageOf(bundle).resources);
    const raw = parseExact(text) as RawBundle;
    entries.push(...(raw.entry ?? []).map(({ fullUrl, resource }) => ({ fullUrl, resource })));
    address = localAddress(bundle.link?.find((link) => link.relation === 'next')?.url);
    onProgress(resources.length);
  }
  const bundle = { resourceType: 'Bundle', type: 'collection', entry: entries };
  return { resources, file: JSON.stringify(bundle, null, 2) };
}

type RawJson = { rawJSON?: (text: string) => unknown };

/** JSON whose numbers are written again as they were read, where the browser can. */
export function parseExact(text: string): unknown {
  const { rawJSON } = JSON as unknown as RawJson;
  if (!rawJSON) return JSON.parse(text);
  const exact = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source ? rawJSON(context.source) : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
}
