/**
 * What an emergency room has to know at once, out of the platform's record and what members sent.
 * "Nothing known" is said only where somebody asked; what could not be read is never taken for none.
 */
import type { Patient } from '../types';
import { dosageText, drugText, reactionText } from './entries';
import type * as R from './resource';
import type { Source, SourceContext } from './source';
import { ownSystem, sourceOf } from './source';
import { millisOf } from './times';
import { codeOf, conceptText, type Flag, observationText, observedAt, worstFlag } from './values';

export interface Fact {
  key: string;
  text: string;
  note: string;
  severe?: boolean;
  flag?: Flag;
  at?: string;
  source: Source;
}

export type AllergyKnowledge = 'known' | 'none' | 'not-asked';

const LOINC = 'http://loinc.org';
const SNOMED = 'http://snomed.info/sct';
/** ABO and Rh together, ABO, Rh. */
export const BLOOD_GROUP_CODES = ['882-1', '883-9', '10331-7'];
/** "No known allergy", "no known drug allergy" and the like, as members code it. */
const NO_ALLERGY_CODES = new Set(['716186003', '409137002', '428607008', '429625007']);

const OVER = new Set(['inactive', 'resolved', 'remission']);
const NOT_TRUE = new Set(['refuted', 'entered-in-error']);

/** What is looked at first in an emergency, in this order. */
const KEY_CODES = [
  ['85354-9', '8480-6', '8462-4'],
  ['8867-4'],
  ['59408-5', '2708-6'],
  ['9279-1'],
  ['8310-5'],
  ['2339-0', '15074-8', '14749-6', '41653-7'],
  ['2823-3', '6298-4'],
  ['2160-0', '14682-9'],
  ['718-7'],
  ['6301-6', '34714-6'],
  ['6598-7', '10839-9', '89579-7'],
];
const KEY_RESULTS_MAX = 9;

/** The codes asked for, so that a long record is not read for nine values. */
export const KEY_RESULT_CODES = KEY_CODES.flat();

function stands(one: R.AllergyIntolerance | R.Condition): boolean {
  const clinical = one.clinicalStatus?.coding?.[0]?.code ?? 'active';
  const verified = one.verificationStatus?.coding?.[0]?.code ?? 'confirmed';
  return !OVER.has(clinical) && !NOT_TRUE.has(verified);
}

function saysNone(one: R.AllergyIntolerance): boolean {
  return NO_ALLERGY_CODES.has(codeOf(one.code, SNOMED) ?? '');
}

/** Allergies that hold, the dangerous ones first, and what is known where there are none. */
export function allergyFacts(
  patient: Patient | undefined,
  resources: R.AllergyIntolerance[],
  context: SourceContext,
): { knowledge: AllergyKnowledge; facts: Fact[] } {
  const own = (patient?.allergies ?? []).filter((one) => !one.ended_at);
  const ownIds = new Set((patient?.allergies ?? []).map((one) => one.id));
  const facts: Fact[] = own.map((one) => ({
    key: one.id,
    text: one.substance,
    note: one.reaction ?? '',
    severe: one.severity === 'severe',
    at: one.recorded_at,
    source: ownSource(one.org_id, context),
  }));
  const sent = resources.filter((one) => !ownIds.has(one.id) && stands(one));
  for (const one of sent.filter((other) => !saysNone(other))) {
    const severe =
      one.criticality === 'high' || one.reaction?.some((part) => part.severity === 'severe');
    facts.push({
      key: one.id,
      text: conceptText(one.code),
      note: reactionText(one),
      severe,
      at: one.recordedDate ?? one.onsetDateTime,
      source: sourceOf(one, context),
    });
  }
  facts.sort((one, other) => Number(other.severe ?? false) - Number(one.severe ?? false));
  const asked = patient?.no_known_allergies || sent.some(saysNone);
  return { knowledge: facts.length > 0 ? 'known' : asked ? 'none' : 'not-asked', facts };
}

/** Problems that go on: the record's own list, and what members sent beside it. */
export function problemFacts(
  patient: Patient | undefined,
  resources: R.Condition[],
  context: SourceContext,
): Fact[] {
  const own = (patient?.problems ?? []).filter((one) => !one.ended_at);
  const ownIds = new Set((patient?.problems ?? []).map((one) => one.id));
  const codes = new Set(own.map((one) => one.code).filter(Boolean));
  const facts: Fact[] = own.map((one) => ({
    key: one.id,
    text: one.title,
    note: one.code ?? '',
    at: one.since ?? undefined,
    source: ownSource(one.org_id, context),
  }));
  for (const one of resources.filter((other) => !ownIds.has(other.id) && stands(other))) {
    const code = one.code?.coding?.[0]?.code ?? '';
    // The same disease once, however many members wrote it down.
    if (code && codes.has(code)) continue;
    codes.add(code);
    facts.push({
      key: one.id,
      text: conceptText(one.code),
      note: code,
      at: one.onsetDateTime ?? one.onsetPeriod?.start ?? one.recordedDate,
      source: sourceOf(one, context),
    });
  }
  return facts;
}

export function drugFacts(resources: R.Medication[], context: SourceContext): Fact[] {
  const facts = resources.map((one) => ({
    key: one.id,
    text: drugText(one, context),
    note: dosageText(one),
    at: one.authoredOn ?? one.effectiveDateTime ?? one.effectivePeriod?.start ?? one.dateAsserted,
    source: sourceOf(one, context),
  }));
  return facts.sort(newest);
}

/** The newest of each key measurement, then whatever else lies outside what is usual. */
export function resultFacts(observations: R.Observation[], context: SourceContext): Fact[] {
  const newestFirst = observations.toSorted(
    (one, other) => (millisOf(observedAt(other)) ?? 0) - (millisOf(observedAt(one)) ?? 0),
  );
  const chosen: R.Observation[] = [];
  for (const codes of KEY_CODES) {
    const found = newestFirst.find((one) => codes.includes(codeOf(one.code, LOINC) ?? ''));
    if (found) chosen.push(found);
  }
  const others = newestFirst.filter(
    (one) => worstFlag(one) && !chosen.includes(one) && !isBlood(one),
  );
  const isCritical = (one: R.Observation) => worstFlag(one)?.startsWith('critical') ?? false;
  const all = [...chosen, ...others];
  return [...all.filter(isCritical), ...all.filter((one) => !isCritical(one))]
    .slice(0, KEY_RESULTS_MAX)
    .map((one) => ({
      key: one.id,
      text: conceptText(one.code),
      note: observationText(one),
      flag: worstFlag(one),
      at: observedAt(one),
      source: sourceOf(one, context),
    }));
}

/** The newest blood group; where two disagree, both are shown. */
export function bloodFacts(observations: R.Observation[], context: SourceContext): Fact[] {
  const found = observations
    .filter(isBlood)
    .map((one) => ({
      key: one.id,
      text: observationText(one),
      note: conceptText(one.code),
      at: observedAt(one),
      source: sourceOf(one, context),
    }))
    .sort(newest);
  const seen = new Set<string>();
  return found.filter(({ text }) => text && !seen.has(text) && seen.add(text));
}

function ownSource(org_id: string, context: SourceContext): Source {
  const org = context.orgName(org_id);
  return { org_id, org, person: '', system: ownSystem(org) };
}

function isBlood(observation: R.Observation): boolean {
  return BLOOD_GROUP_CODES.includes(codeOf(observation.code, LOINC) ?? '');
}

function newest(one: { at?: string }, other: { at?: string }): number {
  return (millisOf(other.at) ?? 0) - (millisOf(one.at) ?? 0);
}
