/** Resources as lines of the record: what kind, when, in words, from where. */
import { language, t, textOr } from '@/i18n';
import type { Tone } from '@/kit/tokens';
import { listed, parted, withNote } from '@/kit/words';
import type * as R from './resource';
import { addressOf, targetOf } from './resource';
import { type Source, type SourceContext, sourceOf } from './source';
import { dayText, millisOf, momentText } from './times';
import {
  codeOf,
  conceptsText,
  conceptText,
  type Flag,
  observationText,
  observedAt,
  quantityText,
  worstFlag,
} from './values';

export const ENTRY_KINDS = [
  'visit',
  'diagnosis',
  'allergy',
  'drug',
  'result',
  'procedure',
  'immunization',
  'document',
  'referral',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface Entry {
  /** `Observation/123`. */
  address: string;
  kind: EntryKind;
  /** When it was, as exact as it was told. */
  at: string | undefined;
  /** For sorting; what has no date stands last. */
  at_ms: number | null;
  title: string;
  /** The rest of the line. */
  says: string;
  flag?: Flag;
  /** Where it stands, when that matters to a reader. */
  state?: string;
  /** It was entered by mistake: shown, but never counted. */
  mistaken: boolean;
  source: Source;
  /** When the platform last stored it. */
  stored_at: string | undefined;
  resource: R.Resource;
}

const REFERRAL_KIND = 'urn:lianti:referral-kind';
const ENTERED_IN_ERROR = 'entered-in-error';

/** States that go without saying. */
const PLAIN_STATES = new Set(['final', 'current', 'completed', 'finished', 'active']);

interface Line {
  kind: EntryKind;
  at: string | undefined;
  title: string;
  says?: string;
  flag?: Flag;
  state?: string;
}

/** A resource as a line; `undefined` for types that the record has no place for. */
export function entryOf(resource: R.Resource, context: SourceContext): Entry | undefined {
  const line = LINES[resource.resourceType]?.(resource as never, context);
  if (!line) return undefined;
  const verification = (resource as R.Condition).verificationStatus;
  const mistaken =
    resource.status === ENTERED_IN_ERROR ||
    verification?.coding?.[0]?.code === ENTERED_IN_ERROR ||
    (resource as R.DocumentReference).docStatus === ENTERED_IN_ERROR;
  const state = mistaken ? ENTERED_IN_ERROR : (line.state ?? resource.status);
  return {
    address: addressOf(resource),
    kind: line.kind,
    at: line.at,
    at_ms: millisOf(line.at),
    title: line.title || resource.resourceType,
    says: line.says ?? '',
    flag: mistaken ? undefined : line.flag,
    state: state && !PLAIN_STATES.has(state) ? state : undefined,
    mistaken,
    source: sourceOf(resource, context),
    stored_at: resource.meta?.lastUpdated,
    resource,
  };
}

export function stateText(state: string): string {
  return textOr(state, `record.chart.state.${state}`);
}

const STATE_TONES: Record<string, Tone> = {
  [ENTERED_IN_ERROR]: 'overdue',
  preliminary: 'soon',
  registered: 'soon',
  partial: 'soon',
  draft: 'soon',
  'not-done': 'soon',
  'in-progress': 'active',
  corrected: 'active',
  amended: 'active',
};

export function stateTone(state: string): Tone {
  return STATE_TONES[state] ?? 'neutral';
}

/** What a medication is called. */
export function drugText(drug: R.Medication, context?: SourceContext): string {
  const named = conceptText(drug.medicationCodeableConcept);
  if (named) return named;
  const target = targetOf(drug.medicationReference);
  const inside = drug.contained?.find((one) => target === `#${one.id}`);
  const found = inside ?? (target ? context?.known.get(target) : undefined);
  return (
    conceptText((found as R.Medication | undefined)?.code) ||
    drug.medicationReference?.display ||
    ''
  );
}

export function dosageText(drug: R.Medication): string {
  const lines = (drug.dosageInstruction ?? drug.dosage ?? []).map((dosage) => {
    const dose = quantityText(dosage.doseAndRate?.[0]?.doseQuantity);
    return (
      dosage.text ??
      listed([dose, conceptText(dosage.timing?.code), conceptText(dosage.route)].filter(Boolean))
    );
  });
  return parted(lines.filter(Boolean));
}

export function encounterClass(encounter: R.Encounter): string {
  const { code, display } = encounter.class ?? {};
  return textOr(display ?? code ?? '', `record.chart.class.${code ?? ''}`);
}

/** A referral of the platform says its kind in the reader's language. */
export function requestTitle(request: R.ServiceRequest): string {
  const kind = request.category?.map((one) => codeOf(one, REFERRAL_KIND)).find(Boolean);
  if (kind) return textOr(conceptsText(request.category), `referral.kind.${kind}`);
  return conceptText(request.code) || conceptsText(request.category) || t('record.chart.order');
}

export function isReferral(request: R.ServiceRequest): boolean {
  return Boolean(request.category?.some((one) => codeOf(one, REFERRAL_KIND)));
}

/** Where a referral stands, as the platform's task for it says. */
export function requestState(request: R.ServiceRequest, context: SourceContext): string {
  const task = context.known.get(`Task/${request.id}`) as R.Task | undefined;
  const word = task?.businessStatus?.coding?.[0]?.code;
  if (!word) return '';
  return language() === 'en'
    ? textOr(word, `referral.state.${word}`)
    : conceptText(task.businessStatus);
}

type LineMaker<Kind extends R.Resource> = (resource: Kind, context: SourceContext) => Line;

const LINES: Record<string, LineMaker<never>> = {
  Encounter: (one: R.Encounter) => ({
    kind: 'visit',
    at: one.period?.start ?? one.period?.end,
    title: listed([encounterClass(one), conceptsText(one.type)].filter(Boolean)),
    says: parted([conceptsText(one.reasonCode), stayText(one)].filter(Boolean)),
  }),
  Condition: (one: R.Condition) => ({
    kind: 'diagnosis',
    at: one.recordedDate ?? one.onsetDateTime ?? one.onsetPeriod?.start,
    title: coded(one.code),
    says: onsetText(one),
    state: one.clinicalStatus?.coding?.[0]?.code,
  }),
  AllergyIntolerance: (one: R.AllergyIntolerance) => ({
    kind: 'allergy',
    at: one.recordedDate ?? one.onsetDateTime,
    title: conceptText(one.code),
    says: parted([reactionText(one), severeText(one)].filter(Boolean)),
    state: one.clinicalStatus?.coding?.[0]?.code,
  }),
  MedicationRequest: (one: R.Medication, context) => ({
    kind: 'drug',
    at: one.authoredOn,
    title: drugText(one, context),
    says: dosageText(one),
    // A course that came to its end says so; one that goes on need not.
    state: one.status === 'completed' ? 'ended' : one.status,
  }),
  MedicationStatement: (one: R.Medication, context) => ({
    kind: 'drug',
    at: one.effectiveDateTime ?? one.effectivePeriod?.start ?? one.dateAsserted,
    title: drugText(one, context),
    says: parted([dosageText(one), t('record.chart.stated')].filter(Boolean)),
    state: one.status === 'completed' ? 'ended' : one.status,
  }),
  Observation: (one: R.Observation) => ({
    kind: 'result',
    at: observedAt(one),
    title: conceptText(one.code),
    says: observationText(one),
    flag: worstFlag(one),
  }),
  DiagnosticReport: (one: R.DiagnosticReport) => ({
    kind: 'result',
    at: one.effectiveDateTime ?? one.effectivePeriod?.start ?? one.issued,
    title: conceptText(one.code),
    says: one.conclusion ?? conceptsText(one.conclusionCode),
  }),
  Procedure: (one: R.Procedure) => ({
    kind: 'procedure',
    at: one.performedDateTime ?? one.performedPeriod?.start,
    title: coded(one.code),
    says: parted([one.performedString ?? '', conceptText(one.outcome)].filter(Boolean)),
  }),
  Immunization: (one: R.Immunization) => ({
    kind: 'immunization',
    at: one.occurrenceDateTime,
    title: conceptText(one.vaccineCode),
    says: parted(
      [
        one.occurrenceString,
        quantityText(one.doseQuantity),
        one.lotNumber && t('record.chart.lot', { number: one.lotNumber }),
      ].filter((word): word is string => Boolean(word)),
    ),
  }),
  Composition: (one: R.Composition) => ({
    kind: 'document',
    at: one.date,
    title: one.title || conceptText(one.type),
    says: one.title ? conceptText(one.type) : '',
  }),
  DocumentReference: (one: R.DocumentReference) => ({
    kind: 'document',
    at: one.date ?? one.content?.[0]?.attachment?.creation,
    title: conceptText(one.type) || one.content?.[0]?.attachment?.title || '',
    says: one.description ?? one.content?.[0]?.attachment?.title ?? '',
  }),
  ServiceRequest: (one: R.ServiceRequest, context) => ({
    kind: 'referral',
    at: one.authoredOn,
    title: requestTitle(one),
    says: parted(
      [requestTo(one, context), requestState(one, context), conceptsText(one.reasonCode)].filter(
        Boolean,
      ),
    ),
    state: one.priority === 'stat' && one.status === 'active' ? 'stat' : one.status,
  }),
};

function requestTo(request: R.ServiceRequest, context: SourceContext): string {
  const names = (request.performer ?? []).map((one) => context.nameOf(one)).filter(Boolean);
  return names.length > 0 ? t('record.chart.to', { name: listed(names) }) : '';
}

function coded(concept: R.Concept | undefined): string {
  const code = concept?.coding?.[0]?.code;
  const words = conceptText(concept);
  return code && words && code !== words ? withNote(words, code) : words;
}

/** A stay says how long it was; a visit of one day has its time in front of it already. */
function stayText(encounter: R.Encounter): string {
  const [start, end] = [dayText(encounter.period?.start), dayText(encounter.period?.end)];
  return start && end && start !== end ? `${start} – ${end}` : '';
}

function onsetText(condition: R.Condition): string {
  const since = condition.onsetDateTime ?? condition.onsetPeriod?.start;
  if (since) return t('record.since', { date: momentText(since).slice(0, 10) });
  return condition.onsetString ?? '';
}

export function reactionText(allergy: R.AllergyIntolerance): string {
  return listed(
    (allergy.reaction ?? []).map((one) => conceptsText(one.manifestation)).filter(Boolean),
  );
}

function severeText(allergy: R.AllergyIntolerance): string {
  return allergy.criticality === 'high' ? t('record.severe-allergy') : '';
}
