/** The new referral's form: its values, and what becomes of them on the way to the server. */
import { planOf } from './dialogs/plan';
import type { Consent, Content, Kind, NewReferral, Referral, Sex, VitalSigns } from './types';
import { VITALS } from './vitals';
import { defaultService } from './words';

export interface PatientPick {
  id: string;
  name: string;
  sex: Sex;
  age_years?: number | null;
  identifier?: string | null;
}

export interface FormValues {
  kind: Kind;
  patient_id?: string;
  /** Kept beside the id so that a draft can show who it is about. */
  patient?: PatientPick;
  from_phone?: string;
  to_org_id?: string;
  /** Kept beside the id for the same reason. */
  to_org_name?: string;
  to_department_id?: string;
  content: Partial<Omit<Content, 'consent' | 'vital_signs'>> & {
    vital_signs?: Record<string, number | null | undefined>;
    consent?: {
      agreed?: boolean;
      given_by?: Consent['given_by'];
      form?: Consent['form'];
      name?: string;
    };
  };
  plan?: Parameters<typeof planOf>[0];
  override_reason?: string;
}

export function emptyValues(kind: Kind): FormValues {
  return {
    kind,
    content: {
      service: defaultService(kind),
      priority: kind === 'emergency' ? 'emergency' : 'routine',
      diagnoses: [],
      allergies: [],
      danger_signs: [],
      no_known_allergies: false,
      consent: { given_by: 'patient', form: 'spoken' },
      vital_signs: {},
    },
  };
}

/** Typed signs as stored ones: 37.1 becomes 371. */
export function storedVitals(
  typed: Record<string, number | null | undefined>,
  at: string,
): VitalSigns {
  const signs: VitalSigns = {};
  for (const field of VITALS) {
    const value = typed[field.name];
    if (typeof value === 'number') signs[field.name] = Math.round(value * field.scale);
  }
  return Object.keys(signs).length === 0 ? {} : { ...signs, measured_at: at };
}

/** Stored signs as they are typed. */
export function typedVitals(signs: VitalSigns): Record<string, number> {
  const typed: Record<string, number> = {};
  for (const field of VITALS) {
    const value = signs[field.name];
    if (typeof value === 'number') typed[field.name] = value / field.scale;
  }
  return typed;
}

/** The content as far as it is filled in: what a preflight asks with. */
export function contentOf(values: FormValues, now: string): Content {
  const { content, kind } = values;
  const { consent } = content;
  return {
    reason_code: content.reason_code ?? '',
    reason_text: content.reason_text ?? '',
    diagnoses: content.diagnoses ?? [],
    condition: content.condition ?? '',
    treatment: content.treatment ?? '',
    precautions: content.precautions ?? '',
    allergies: content.allergies ?? [],
    no_known_allergies: content.no_known_allergies ?? false,
    vital_signs: storedVitals(content.vital_signs ?? {}, now),
    danger_signs: content.danger_signs ?? [],
    consent: consent?.agreed
      ? {
          given_by: consent.given_by ?? 'patient',
          form: consent.form ?? 'spoken',
          name: consent.name || null,
          at: now,
        }
      : null,
    service: content.service ?? defaultService(kind),
    specialty_code: content.specialty_code ?? null,
    priority: content.priority ?? 'routine',
    exam: kind === 'exam' && content.exam?.item_code ? content.exam : null,
    question: kind === 'advice' ? (content.question ?? '') : null,
    wanted_on: content.wanted_on ?? null,
  };
}

/** The whole as it is sent; `null` while patient or target are missing. */
export function bodyOf(values: FormValues, now: string): NewReferral | null {
  if (!values.patient_id || !values.to_org_id) return null;
  return {
    kind: values.kind,
    patient_id: values.patient_id,
    from_phone: values.from_phone || null,
    to_org_id: values.to_org_id,
    to_department_id: values.to_department_id ?? null,
    content: contentOf(values, now),
    down_plan:
      values.kind === 'down' && values.plan
        ? (planOf(values.plan) as NewReferral['down_plan'])
        : null,
  };
}

/** A draft of the server back in the form. */
export function valuesOf(referral: Referral): FormValues {
  const { content, patient } = referral;
  return {
    kind: referral.kind,
    patient_id: referral.patient_id,
    patient: {
      id: referral.patient_id,
      name: patient.name,
      sex: patient.sex,
      identifier: patient.identifier_masked,
    },
    from_phone: referral.from.phone ?? undefined,
    to_org_id: referral.to.org_id,
    to_org_name: referral.to.org_name,
    to_department_id: referral.to.department_id ?? undefined,
    content: {
      ...content,
      vital_signs: typedVitals(content.vital_signs),
      consent: content.consent
        ? {
            agreed: true,
            given_by: content.consent.given_by,
            form: content.consent.form,
            name: content.consent.name ?? undefined,
          }
        : { given_by: 'patient', form: 'spoken' },
    },
    plan: referral.down_plan
      ? {
          ...referral.down_plan.plan,
          follow_up_days: referral.down_plan.plan.follow_up_days?.join('、') ?? undefined,
        }
      : undefined,
  };
}

/** What the rules look at: a change of anything else asks nothing anew. */
export function preflightKey(values: FormValues): string {
  const { content } = values;
  return JSON.stringify([
    values.kind,
    values.patient_id,
    content.diagnoses?.map((one) => one.code),
    content.vital_signs,
    content.danger_signs,
    content.service,
    content.specialty_code,
    content.exam?.item_code,
  ]);
}
