/** Who a patient is, between the record and its form. */
import type { Patient } from './types';

/** What the form asks. The telephone stands masked until somebody types another. */
export interface IdentityValues {
  name?: string;
  sex?: string;
  birth_date?: string | null;
  phone?: string;
  village?: string;
  address?: string;
  catchment_org_id?: string;
}

export type IdentityField = keyof IdentityValues;
export const IDENTITY_FIELDS: readonly IdentityField[] = [
  'name',
  'sex',
  'birth_date',
  'phone',
  'village',
  'address',
  'catchment_org_id',
];

export function valuesOf(patient: Patient): IdentityValues {
  return {
    name: patient.name,
    sex: patient.sex,
    birth_date: patient.birth_date ?? undefined,
    phone: patient.phone ?? undefined,
    village: patient.village ?? undefined,
    address: patient.address ?? undefined,
    catchment_org_id: patient.catchment_org_id ?? undefined,
  };
}

/** Only what was changed is sent; an emptied text clears its field. */
export function changesOf(seen: IdentityValues, mine: IdentityValues): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const field of IDENTITY_FIELDS) {
    const [before, after] = [text(seen[field]), text(mine[field])];
    if (before !== after) changes[field] = after;
  }
  return changes;
}

interface Contact {
  name: string;
  relation?: string;
  phone?: string | null;
}

/** Guardian and family with the telephones as they were shown in full, in the record's order. */
export function withPhones(contacts: readonly Contact[], phones: readonly string[]): Contact[] {
  const left = [...phones];
  return contacts.map((contact) => ({
    ...contact,
    phone: contact.phone ? (left.shift() ?? '') : undefined,
  }));
}

const ACCOUNT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The number of an account as scanned or typed; nothing if it is none. */
export function accountOf(typed: string): string | null {
  const value = typed.normalize('NFKC').trim().toLowerCase();
  return ACCOUNT.test(value) ? value : null;
}

function text(value: string | null | undefined): string {
  return value?.trim() ?? '';
}
