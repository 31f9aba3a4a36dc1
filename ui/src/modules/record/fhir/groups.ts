/** Lines of the timeline: results of one moment together, under the day they belong to. */
import type { Entry } from './entries';
import { type Reference, type Resource, targetOf } from './resource';
import { dayText } from './times';
import { conceptText, type Flag } from './values';

export interface Line {
  entry: Entry;
  /** Results of the same moment from the same place; the first is `entry` itself. */
  together: Entry[];
}

export interface Day {
  day: string;
  lines: Line[];
}

/** Days with their lines. `entries` are in order, newest first. */
export function daysOf(entries: Entry[]): Day[] {
  const days: Day[] = [];
  for (const line of linesOf(entries)) {
    const day = dayText(line.entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.lines.push(line);
    else days.push({ day, lines: [line] });
  }
  return days;
}

/** Observations that a report on the timeline brings stand under it, not beside it. */
export function linesOf(entries: Entry[]): Line[] {
  const ofReport = new Map<string, string>();
  for (const { resource, address } of entries) {
    for (const target of resultsOf(resource)) ofReport.set(target, address);
  }
  const lines: Line[] = [];
  const places = new Map<string, Line>();
  const line = (key: string, entry: Entry) => {
    const made = { entry, together: [entry] };
    places.set(key, made);
    lines.push(made);
  };
  for (const entry of entries) {
    const report = ofReport.get(entry.address);
    if (report && !entry.mistaken) continue;
    const key = togetherKey(entry);
    const known = key === undefined ? undefined : places.get(key);
    if (known) known.together.push(entry);
    else line(key ?? entry.address, entry);
  }
  for (const one of lines) addResults(one, entries, ofReport);
  return lines;
}

/** A report's own results follow it, as far as they are here. */
function addResults(line: Line, entries: Entry[], ofReport: Map<string, string>): void {
  if (line.entry.resource.resourceType !== 'DiagnosticReport') return;
  const own = entries.filter(
    (entry) => ofReport.get(entry.address) === line.entry.address && !entry.mistaken,
  );
  line.together.push(...own);
}

function resultsOf(resource: Resource): string[] {
  if (resource.resourceType !== 'DiagnosticReport') return [];
  const { result } = resource as { result?: Reference[] };
  return (result ?? []).map(targetOf).filter((target): target is string => target !== undefined);
}

function togetherKey(entry: Entry): string | undefined {
  if (entry.resource.resourceType !== 'Observation' || entry.mistaken || entry.state) {
    return undefined;
  }
  const { category } = entry.resource as { category?: Parameters<typeof conceptText>[0][] };
  const kind = category?.[0]?.coding?.[0]?.code ?? conceptText(category?.[0]);
  return `${entry.at_ms}|${entry.source.org_id ?? entry.source.org}|${kind}`;
}

/** The worst of what stands in one line. */
export function lineFlag(line: Line): Flag | undefined {
  const flags = line.together.map((entry) => entry.flag).filter(Boolean);
  return flags.find((flag) => flag?.startsWith('critical')) ?? flags[0];
}
