/** What members say of their drugs: read, said, ended, and what of it the list shows. */
import { useQuery } from '@tanstack/react-query';
import { api, body, ifMatch } from '@/api/client';
import type { CommandHeaders } from '@/api/command';
import type { OrgLine } from '@/api/organizations';
import type { components } from '@/api/schema.gen';
import type { Concept } from './api';

export type FormularyEntry = components['schemas']['FormularyEntry'];
export type FormularyRow = components['schemas']['FormularyRow'];
type NewFormularyEntry = components['schemas']['NewFormularyEntry'];

/** Kind of the live events that make the list old. */
export const FORMULARY_KIND = 'formulary-entry';

export function useFormulary(org_id: string) {
  return useQuery({
    queryKey: [FORMULARY_KIND, org_id],
    queryFn: ({ signal }) =>
      body(api.GET('/api/referrals/formulary', { params: { query: { org_id } }, signal })),
  });
}

export function addEntry(entry: NewFormularyEntry, headers: CommandHeaders) {
  return body(api.POST('/api/referrals/formulary', { body: entry, headers }));
}

/** Ends an entry at once: the server knows no other day and asks for no reason. */
export function endEntry({ entry, version }: FormularyRow, headers: CommandHeaders) {
  return body(
    api.POST('/api/referrals/formulary/{id}/end', {
      params: { path: { id: entry.id } },
      headers: { ...headers, ...ifMatch(version) },
    }),
  );
}

/** The form's values; a day that was emptied is null. */
export interface EntryValues {
  drug_code: string;
  available: boolean;
  starts_on?: string | null;
  ends_on?: string | null;
  note?: string;
}

export function entryBody(values: EntryValues, org_id: string): NewFormularyEntry {
  return {
    org_id,
    drug_code: values.drug_code,
    available: values.available,
    starts_on: values.starts_on || null,
    ends_on: values.ends_on || null,
    note: values.note?.trim() ?? '',
  };
}

export type EntryState = 'holds' | 'coming' | 'overridden';

/** An entry decides today, begins later, or another one of the same drug decides in its place. */
export function entryState({ entry, holds }: FormularyRow, today: string): EntryState {
  if (holds) return 'holds';
  return entry.starts_on > today ? 'coming' : 'overridden';
}

/** What the list shows: entries that decide today, or all that have not ended, by words. */
export function shownEntries(
  rows: readonly FormularyRow[],
  filters: { view?: 'all'; q?: string },
): FormularyRow[] {
  const words = filters.q?.toLowerCase() ?? '';
  return rows.filter(({ entry, holds }) => {
    if (!holds && filters.view !== 'all') return false;
    const texts = [entry.drug_zh, entry.drug_en, entry.drug_code];
    return texts.some((text) => text.toLowerCase().includes(words));
  });
}

/** Drugs whose codes begin as the rule says, in the order of the rule. */
export function drugsOf(concepts: readonly Concept[], prefixes: readonly string[]): Concept[] {
  const found = prefixes.flatMap((prefix) =>
    concepts.filter((concept) => concept.code.startsWith(prefix)),
  );
  return [...new Set(found)];
}

/** Nodes of the tree and offices keep no drugs. */
const NOT_CARE = new Set(['region', 'health-bureau']);

/** Members whose formulary a person may keep, by how far the permission reaches. */
export function keptBy(nodes: readonly OrgLine[], own_id: string, reach?: string): OrgLine[] {
  const below = new Set([own_id]);
  // Parents stand before their children.
  for (const node of nodes) {
    if (node.parent_id && below.has(node.parent_id)) below.add(node.id);
  }
  const within = (id: string) => {
    if (reach === 'group' || reach === 'region') return true;
    return reach === 'below' ? below.has(id) : id === own_id;
  };
  return nodes.filter(
    (node) => node.state === 'open' && !NOT_CARE.has(node.kind) && within(node.id),
  );
}
