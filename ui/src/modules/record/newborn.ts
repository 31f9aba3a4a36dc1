/** A newborn as it is called and sent, before it has a name of its own. */
import { t } from '@/i18n';
import { withNote } from '@/kit/words';
import type { Patient, Sex } from './types';

/** Days after birth within which somebody is registered at the mother. */
export const NEWBORN_DAYS_MAX = 28;
/** Children of one birth, called in order. */
const ORDERS = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛'] as const;
export const BORN_MAX = ORDERS.length;
/** Ages at which a woman is offered as a mother. */
const MOTHER_YEARS_MIN = 10;
const MOTHER_YEARS_MAX = 60;

export interface NewbornValues {
  sex?: Sex;
  birth_date: string;
  /** First, second … */
  order: number;
  /** How many were born. */
  of: number;
}

/** What the server calls it: after its mother, in the order of birth. The name is Chinese. */
export function newbornName(mother: string, { order, of }: NewbornValues): string {
  return `${mother}之婴${of > 1 ? (ORDERS[order - 1] ?? '') : ''}`;
}

/** `第 2 个（乙）` */
export function orderText(order: number): string {
  return withNote(t('record.newborn.nth', { n: order }), ORDERS[order - 1] ?? '');
}

export function bodyOf({ sex, birth_date, order, of }: NewbornValues): NewbornValues {
  return { sex, birth_date, of, order: of > 1 ? order : 1 };
}

/** The next child of the same birth; nothing after the last one. */
export function nextOf({ birth_date, order, of }: NewbornValues): NewbornValues | null {
  return order < of ? { birth_date, of, order: order + 1, sex: undefined } : null;
}

/** Whether a child may be registered at this patient. */
export function mayBeMother(
  patient: Pick<Patient, 'sex'>,
  age_years: number | null | undefined,
): boolean {
  const years = age_years ?? MOTHER_YEARS_MIN;
  return patient.sex !== 'male' && years >= MOTHER_YEARS_MIN && years <= MOTHER_YEARS_MAX;
}
