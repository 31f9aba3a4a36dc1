/** The plan of a referral down on its way to the server. */
import type { Diagnosis, PlannedDrug } from '../types';

export interface PlanValues {
  diagnoses?: Diagnosis[];
  stability?: Record<string, boolean>;
  drugs?: Partial<PlannedDrug>[];
  rehabilitation_goal?: string;
  precautions?: string;
  starts_on?: string | null;
  follow_up_days?: string;
  follow_up_reason?: string | null;
}

/** The plan as it is sent: days as numbers, unfinished drug lines left out. */
export function planOf(plan: PlanValues): unknown {
  const drugs = (plan.drugs ?? []).filter((drug) => drug?.code);
  return {
    ...plan,
    diagnoses: plan.diagnoses ?? [],
    stability: plan.stability ?? {},
    rehabilitation_goal: plan.rehabilitation_goal ?? '',
    precautions: plan.precautions ?? '',
    drugs: drugs.map((drug) => ({
      ...drug,
      dose: drug.dose ?? '',
      display: drug.display ?? drug.code,
    })),
    follow_up_days: parseDays(plan.follow_up_days),
  };
}

/** `3, 7, 30` in any usual writing; nothing typed means the rule's days. */
export function parseDays(text: string | undefined): number[] | null {
  const days = (text ?? '')
    .split(/[^\d]+/)
    .filter(Boolean)
    .map(Number);
  return days.length > 0 ? days : null;
}
