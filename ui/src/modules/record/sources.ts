/** A registration of another system, between its form and what is sent. */
import type { IdentifierKind, NewSource, Sex } from './types';

export interface SourceValues {
  org_id: string;
  system?: string;
  local_number?: string;
  name?: string;
  former_names?: string[];
  sex?: Sex;
  birth_date?: string;
  phone?: string;
  address?: string;
  village?: string;
  card_verified?: boolean;
  identifiers?: { kind?: IdentifierKind; value?: string }[];
}

/** As it stands there: nothing is put right, what was left open is left out. */
export function sourceOf(values: SourceValues): NewSource {
  const said = (text: string | undefined) => text?.trim() || null;
  return {
    org_id: values.org_id,
    system: values.system?.trim() ?? '',
    local_number: values.local_number?.trim() ?? '',
    demographics: {
      name: said(values.name),
      former_names: (values.former_names ?? []).map((name) => name.trim()).filter(Boolean),
      sex: values.sex ?? null,
      birth_date: said(values.birth_date),
      phone: said(values.phone),
      address: said(values.address),
      village: said(values.village),
      card_verified: values.card_verified ?? false,
      identifiers: (values.identifiers ?? []).flatMap(({ kind, value }) => {
        const number = said(value);
        return kind && number ? [{ kind, value: number }] : [];
      }),
    },
  };
}

/** `demographics.identifiers` → the field of the form. */
export function fieldOf(path: string): string {
  return path.replace(/^demographics\.?/, '').replace(/\[(\d+)\]/g, '.$1') || path;
}
