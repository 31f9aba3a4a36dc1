/** How the record's codes read. */
import { serverNow } from '@/api/serverTime';
import { t, textOr } from '@/i18n';
import type { Tone } from '@/kit/tokens';
import type { Basis, IdentifierInput, Sex } from './types';

/** `女 31 岁`; of a child in its first year days or months, where the birth date is given. */
export function sexAge(
  sex: Sex,
  age: number | null | undefined,
  birth_date?: string | null,
): string {
  return [t(`record.sex.${sex}`), ageText(age, birth_date)].filter(Boolean).join(' ');
}

const DAY_MS = 86_400_000;
const MONTH_DAYS = 30.44;
/** A newborn's age is told in days. */
const NEWBORN_DAYS = 31;

function ageText(age: number | null | undefined, birth_date?: string | null): string {
  if (age === null || age === undefined) return '';
  if (age > 0 || !birth_date) return t('record.years', { n: age });
  const days = Math.max(0, Math.floor((serverNow() - Date.parse(birth_date)) / DAY_MS));
  if (days < NEWBORN_DAYS) return t('record.days', { n: days });
  return t('record.months', { n: Math.floor(days / MONTH_DAYS) });
}

export function basisTone(basis: Basis): Tone {
  return basis.kind === 'break-glass'
    ? 'emergency'
    : basis.kind === 'own-patient'
      ? 'done'
      : 'active';
}

export function basisText(basis: Basis): string {
  return t(`record.basis.${basis.kind}`);
}

export function eventText(event: string): string {
  const code = event.replace('.', '-');
  return textOr(event, `record.event.${code}`);
}

export function roleText(role: string): string {
  return textOr(role, `record.role.${role}`);
}

const RESIDENT_ID = /^(\d{15}|\d{17}[\dX])$/;
const WEIGHTS_MODULUS = 11;
const CHECK_CHARACTERS = '10X98765432';

/** A typed number without blanks, in half-width characters. */
export function tidy(value: string): string {
  return value.normalize('NFKC').replace(/\s/g, '').toUpperCase();
}

/** What a resident ID number says of its holder (GB 11643), if it is one. */
export function readResidentId(
  typed: string,
): { birth_date: string; sex: Sex; checked: boolean } | null {
  const value = tidy(typed);
  if (!RESIDENT_ID.test(value) || value.length !== 18) return null;
  const birth_date = `${value.slice(6, 10)}-${value.slice(10, 12)}-${value.slice(12, 14)}`;
  if (Number.isNaN(Date.parse(birth_date))) return null;
  const sum = [...value.slice(0, 17)].reduce(
    (total, digit, index) => total + Number(digit) * (2 ** (17 - index) % WEIGHTS_MODULUS),
    0,
  );
  const sex: Sex = Number(value[16]) % 2 === 1 ? 'male' : 'female';
  return { birth_date, sex, checked: CHECK_CHARACTERS[sum % WEIGHTS_MODULUS] === value[17] };
}

/** What a typed text can be looked for as, over the whole consortium. */
export function identifierOf(typed: string): IdentifierInput | null {
  const value = tidy(typed);
  if (RESIDENT_ID.test(value)) return { kind: 'resident-id', value };
  if (/^[A-Z0-9]{8,64}$/.test(value) && /\d/.test(value)) return { kind: 'health-card', value };
  return null;
}
