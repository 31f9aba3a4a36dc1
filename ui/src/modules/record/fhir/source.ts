/**
 * Where a fact comes from: the organization that stands behind it, the person, the system. The
 * resource says it in different places by its type; what it does not say is not guessed.
 */
import { t } from '@/i18n';
import type * as R from './resource';
import { idOf, type Reference, type Resource, targetOf } from './resource';

export interface Source {
  /** The member, where it is one. */
  org_id?: string;
  /** Its name, or that of somebody outside. */
  org: string;
  person: string;
  /** The system that it came from; empty for what the platform keeps itself. */
  system: string;
}

/** What is known around the resources on a screen. */
export interface SourceContext {
  orgName: (id: string | undefined) => string;
  /** Resources that came along, by address: practitioners, organizations, tasks. */
  known: ReadonlyMap<string, Resource>;
  /** Who keeps what the platform's own record holds, by id. */
  keepers: ReadonlyMap<string, string>;
  nameOf: (reference: Reference | undefined) => string;
}

const STAFF_NUMBER = 'urn:lianti:staff-number:';
const OWN_SYSTEM = 'urn:lianti:';

export function sourceContext(
  orgName: SourceContext['orgName'],
  resources: Iterable<Resource>,
  keepers: ReadonlyMap<string, string> = new Map(),
): SourceContext {
  const known = new Map<string, Resource>();
  for (const one of resources) known.set(`${one.resourceType}/${one.id}`, one);
  const context: SourceContext = { orgName, known, keepers, nameOf: () => '' };
  context.nameOf = (reference) => nameOf(reference, context);
  return context;
}

export function sourceOf(resource: Resource, context: SourceContext): Source {
  const answers = answerable(resource);
  const org_id =
    context.keepers.get(resource.id) ??
    first(answers, (one) => orgOf(one, resource, context)) ??
    orgOfEncounter(resource, context);
  const outside = first(answers, (one) =>
    targetOf(one)?.startsWith('Organization/') ? one.display : undefined,
  );
  const person = first(answers, (one) => (isPerson(one) ? context.nameOf(one) : undefined));
  const unnamed = first(answers, (one) => (one.reference ? undefined : one.display));
  return {
    org_id,
    org: (org_id && context.orgName(org_id)) || outside || (person ? '' : (unnamed ?? '')),
    person: person ?? '',
    system: systemOf(resource, context),
  };
}

/** `云岭医院 · 王医生 · LIS`. */
export function sourceText(source: Source): string {
  const told = [source.org, source.person, source.system].filter(Boolean).join(' · ');
  return told || t('record.chart.source-unknown');
}

/** Who answers for a resource, the nearest first. */
function answerable(resource: Resource): Reference[] {
  const references: (Reference | undefined)[] =
    ANSWERABLE[resource.resourceType]?.(resource as never) ?? [];
  return references.filter((one): one is Reference => one !== undefined);
}

const ANSWERABLE: Record<string, (resource: never) => (Reference | undefined)[]> = {
  Encounter: (one: R.Encounter) => [
    one.serviceProvider,
    ...(one.participant ?? []).map((part) => part.individual),
  ],
  Condition: (one: R.Condition) => [one.recorder, one.asserter],
  AllergyIntolerance: (one: R.AllergyIntolerance) => [one.recorder, one.asserter],
  MedicationRequest: (one: R.Medication) => [one.requester],
  MedicationStatement: (one: R.Medication) => [one.informationSource],
  Observation: (one: R.Observation) => one.performer ?? [],
  DiagnosticReport: (one: R.DiagnosticReport) => [
    ...(one.performer ?? []),
    ...(one.resultsInterpreter ?? []),
  ],
  Procedure: (one: R.Procedure) =>
    (one.performer ?? []).flatMap((part) => [part.onBehalfOf, part.actor]),
  Immunization: (one: R.Immunization) => (one.performer ?? []).map((part) => part.actor),
  Composition: (one: R.Composition) => [one.custodian, ...(one.author ?? [])],
  DocumentReference: (one: R.DocumentReference) => [one.custodian, ...(one.author ?? [])],
  ServiceRequest: (one: R.ServiceRequest) => [one.requester],
};

function orgOf(reference: Reference, within: Resource, context: SourceContext): string | undefined {
  const direct = idOf(reference, 'Organization');
  if (direct) return direct;
  const target = targetOf(reference);
  const found = target?.startsWith('#')
    ? within.contained?.find((one) => target === `#${one.id}`)
    : target && context.known.get(target);
  if (!found) return undefined;
  const role = idOf((found as R.Directory).organization, 'Organization');
  if (role) return role;
  // A practitioner's staff number is one of the organization that employs them.
  const number = found.identifier?.find((one) => one.system?.startsWith(STAFF_NUMBER));
  return number?.system?.slice(STAFF_NUMBER.length);
}

function orgOfEncounter(resource: Resource, context: SourceContext): string | undefined {
  const target = targetOf((resource as R.Observation).encounter);
  const encounter = target && (context.known.get(target) as R.Encounter | undefined);
  return encounter ? idOf(encounter.serviceProvider, 'Organization') : undefined;
}

function isPerson(reference: Reference): boolean {
  return /^(Practitioner|PractitionerRole)\//.test(targetOf(reference) ?? '');
}

function nameOf(reference: Reference | undefined, context: SourceContext): string {
  const target = targetOf(reference);
  const org = idOf(reference, 'Organization');
  if (org)
    return (
      context.orgName(org) || reference?.display || directoryName(context.known.get(target ?? ''))
    );
  return reference?.display || directoryName(target ? context.known.get(target) : undefined);
}

function directoryName(resource: Resource | undefined): string {
  const { name } = (resource ?? {}) as R.Directory;
  if (typeof name === 'string') return name;
  const [official] = name ?? [];
  return official?.text ?? [official?.family, ...(official?.given ?? [])].filter(Boolean).join('');
}

/** Whether the platform itself keeps what a resource stands for. */
export function isOwn(resource: Resource, context: SourceContext): boolean {
  const numbers = resource.identifier ?? [];
  return (
    context.keepers.has(resource.id) || numbers.some((one) => one.system?.startsWith(OWN_SYSTEM))
  );
}

/** The platform's own record, named where no member is. */
export function ownSystem(org: string): string {
  return org ? '' : t('record.source.own');
}

/** A system names itself in `meta.source`, or in the numbers it gives. */
function systemOf(resource: Resource, context: SourceContext): string {
  const keeper = context.keepers.get(resource.id);
  if (keeper !== undefined) return ownSystem(context.orgName(keeper));
  const uri =
    resource.meta?.source?.split('#')[0] ||
    resource.identifier?.find((one) => one.system && !one.system.startsWith(OWN_SYSTEM))?.system;
  if (!uri || uri.startsWith(OWN_SYSTEM)) return '';
  return uri.replace(/^(https?:\/\/|urn:(oid:|uuid:|lianti:)?)/, '').replace(/\/$/, '');
}

function first<Value>(
  references: Reference[],
  pick: (reference: Reference) => Value | undefined,
): Value | undefined {
  for (const one of references) {
    const found = pick(one);
    if (found) return found;
  }
  return undefined;
}
