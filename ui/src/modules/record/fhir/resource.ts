/** FHIR R4 as far as the record's screens read it. What else a resource carries is left alone. */

export interface Coding {
  system?: string;
  code?: string;
  display?: string;
}

export interface Concept {
  coding?: Coding[];
  text?: string;
}

export interface Reference {
  reference?: string;
  display?: string;
}

export interface Quantity {
  value?: number;
  /** The figure as it was written, zeros at its end included, where the browser tells it. */
  valueText?: string;
  comparator?: string;
  unit?: string;
  system?: string;
  code?: string;
}

export interface Period {
  start?: string;
  end?: string;
}

export interface ReferenceRange {
  low?: Quantity;
  high?: Quantity;
  type?: Concept;
  appliesTo?: Concept[];
  age?: unknown;
  text?: string;
}

export interface Annotation {
  text?: string;
}

export interface Attachment {
  contentType?: string;
  data?: string;
  url?: string;
  title?: string;
  creation?: string;
}

export interface Narrative {
  status?: string;
  div?: string;
}

export interface Resource {
  resourceType: string;
  id: string;
  meta?: { lastUpdated?: string; versionId?: string; source?: string };
  identifier?: { system?: string; value?: string; assigner?: Reference }[];
  contained?: Resource[];
  text?: Narrative;
  note?: Annotation[];
  status?: string;
}

/** What an observation, or one part of it, says. */
export interface Measured {
  valueQuantity?: Quantity;
  valueCodeableConcept?: Concept;
  valueString?: string;
  valueBoolean?: boolean;
  valueInteger?: number;
  valueRange?: { low?: Quantity; high?: Quantity };
  valueRatio?: { numerator?: Quantity; denominator?: Quantity };
  valueTime?: string;
  valueDateTime?: string;
  valuePeriod?: Period;
  valueSampledData?: unknown;
  dataAbsentReason?: Concept;
  interpretation?: Concept[];
  referenceRange?: ReferenceRange[];
}

export interface ObservationPart extends Measured {
  code?: Concept;
}

export interface Observation extends Resource, Measured {
  category?: Concept[];
  code?: Concept;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  effectiveInstant?: string;
  issued?: string;
  performer?: Reference[];
  encounter?: Reference;
  method?: Concept;
  specimen?: Reference;
  bodySite?: Concept;
  component?: ObservationPart[];
}

export interface DiagnosticReport extends Resource {
  category?: Concept[];
  code?: Concept;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  issued?: string;
  performer?: Reference[];
  resultsInterpreter?: Reference[];
  result?: Reference[];
  conclusion?: string;
  conclusionCode?: Concept[];
  presentedForm?: Attachment[];
}

export interface Encounter extends Resource {
  class?: Coding;
  type?: Concept[];
  period?: Period;
  reasonCode?: Concept[];
  diagnosis?: { condition?: Reference }[];
  participant?: { individual?: Reference }[];
  serviceProvider?: Reference;
}

export interface Condition extends Resource {
  clinicalStatus?: Concept;
  verificationStatus?: Concept;
  code?: Concept;
  onsetDateTime?: string;
  onsetPeriod?: Period;
  onsetString?: string;
  recordedDate?: string;
  recorder?: Reference;
  asserter?: Reference;
  encounter?: Reference;
}

export interface AllergyIntolerance extends Resource {
  clinicalStatus?: Concept;
  verificationStatus?: Concept;
  criticality?: string;
  category?: string[];
  code?: Concept;
  recordedDate?: string;
  onsetDateTime?: string;
  recorder?: Reference;
  asserter?: Reference;
  reaction?: { manifestation?: Concept[]; severity?: string }[];
}

export interface Dosage {
  text?: string;
  timing?: { code?: Concept };
  route?: Concept;
  doseAndRate?: { doseQuantity?: Quantity }[];
}

export interface Medication extends Resource {
  intent?: string;
  medicationCodeableConcept?: Concept;
  medicationReference?: Reference;
  authoredOn?: string;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  dateAsserted?: string;
  requester?: Reference;
  informationSource?: Reference;
  dosageInstruction?: Dosage[];
  dosage?: Dosage[];
  reasonCode?: Concept[];
  /** Of the resource type Medication itself. */
  code?: Concept;
}

export interface Immunization extends Resource {
  vaccineCode?: Concept;
  occurrenceDateTime?: string;
  occurrenceString?: string;
  lotNumber?: string;
  performer?: { actor?: Reference }[];
  location?: Reference;
  doseQuantity?: Quantity;
}

export interface Section {
  title?: string;
  code?: Concept;
  text?: Narrative;
  entry?: Reference[];
  section?: Section[];
}

export interface Composition extends Resource {
  type?: Concept;
  title?: string;
  date?: string;
  author?: Reference[];
  custodian?: Reference;
  section?: Section[];
}

export interface DocumentReference extends Resource {
  docStatus?: string;
  type?: Concept;
  category?: Concept[];
  date?: string;
  author?: Reference[];
  custodian?: Reference;
  description?: string;
  content?: { attachment?: Attachment; format?: Coding }[];
}

export interface ServiceRequest extends Resource {
  intent?: string;
  category?: Concept[];
  code?: Concept;
  priority?: string;
  authoredOn?: string;
  requester?: Reference;
  performer?: Reference[];
  reasonCode?: Concept[];
}

export interface Task extends Resource {
  focus?: Reference;
  businessStatus?: Concept;
  owner?: Reference;
}

export interface Procedure extends Resource {
  code?: Concept;
  performedDateTime?: string;
  performedPeriod?: Period;
  performedString?: string;
  performer?: { actor?: Reference; onBehalfOf?: Reference }[];
  outcome?: Concept;
}

export interface Directory extends Resource {
  name?: string | { text?: string; family?: string; given?: string[] }[];
  organization?: Reference;
}

export interface Bundle {
  link?: { relation: string; url: string }[];
  entry?: { resource?: Resource; search?: { mode?: string } }[];
}

/** `Observation/123`: what a reference inside this server calls a resource. */
export function addressOf(resource: Resource): string {
  return `${resource.resourceType}/${resource.id}`;
}

/** The local address in a reference: without a host before it and a version behind it. */
export function targetOf(reference: Reference | undefined): string | undefined {
  const text = reference?.reference;
  if (!text) return undefined;
  if (text.startsWith('#')) return text;
  return /([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/.+)?$/.exec(text)?.[1];
}

/** The id behind a reference to one type. */
export function idOf(reference: Reference | undefined, type: string): string | undefined {
  const target = targetOf(reference);
  return target?.startsWith(`${type}/`) ? target.slice(type.length + 1) : undefined;
}
