/** Between what the form holds and what is sent. */
import type { DischargeContent } from './types';

export interface Values {
  number?: string;
  admitted_on?: string;
  discharged_on?: string;
  place?: string;
  diagnoses?: { code?: string | null; display?: string }[];
  course?: string;
  results?: { name?: string; value?: string; at?: string | null }[];
  findings?: string;
  medications?: string;
  condition?: string;
  advice?: string;
}

export function valuesOf(content: DischargeContent): Values {
  return {
    ...content,
    number: content.number ?? undefined,
    admitted_on: content.admitted_on ?? undefined,
    discharged_on: content.discharged_on ?? undefined,
    place: content.place ?? undefined,
    medications: (content.medications ?? []).join('\n'),
  };
}

/** Lines and cells that nobody filled in are left out. */
export function contentOf(draft: DischargeContent, values: Values): DischargeContent {
  const word = (text: string | null | undefined) => text?.trim() || null;
  return {
    patient_id: draft.patient_id,
    source: draft.source,
    stay_id: draft.stay_id,
    number: word(values.number),
    admitted_on: word(values.admitted_on),
    discharged_on: word(values.discharged_on),
    place: word(values.place),
    diagnoses: (values.diagnoses ?? [])
      .filter((one) => word(one?.display))
      .map((one) => ({ code: word(one.code), display: one.display?.trim() ?? '' })),
    course: values.course ?? '',
    results: (values.results ?? [])
      .filter((one) => word(one?.name))
      .map((one) => ({
        name: one.name?.trim() ?? '',
        value: one.value?.trim() ?? '',
        at: word(one.at),
      })),
    findings: values.findings ?? '',
    medications: (values.medications ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    condition: values.condition ?? '',
    advice: values.advice ?? '',
    replaces_id: draft.replaces_id,
  };
}
