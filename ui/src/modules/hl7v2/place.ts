/** Places in a message: as the server names them, as people say them, and where they lie in a text. */

/** `PID^1^3` and what may follow: repetition and component. */
export interface Place {
  segment: string;
  sequence: number;
  field?: number;
  component?: number;
}

const PLACE = /^([A-Z][A-Z0-9]{2})\^(\d+)(?:\^(\d*))?(?:\^(\d*))?(?:\^(\d*))?$/;

/** Reads `PID^1^3`; nothing for the name of a field of ours. */
export function placeOf(text: string): Place | undefined {
  const found = PLACE.exec(text);
  if (!found) return undefined;
  const [, segment = '', sequence, field, , component] = found;
  const number = (part: string | undefined) => (part ? Number(part) : undefined);
  return {
    segment,
    sequence: Number(sequence),
    field: number(field),
    component: number(component),
  };
}

/** As people say it: `PID-3`, `OBX[2]-5.1`. */
export function placeText(place: Place): string {
  const which = place.sequence > 1 ? `[${place.sequence}]` : '';
  const field = place.field === undefined ? '' : `-${place.field}`;
  const component = place.component === undefined ? '' : `.${place.component}`;
  return `${place.segment}${which}${field}${component}`;
}

/** A run of a line's characters; `hit` where the fault lies. */
export interface Run {
  text: string;
  hit: boolean;
}

export interface Line {
  runs: Run[];
  /** The fault is in this segment. */
  hit: boolean;
}

/** The lines of a message with the given places marked. */
export function linesWith(text: string, places: readonly Place[]): Line[] {
  const lines = segmentLines(text);
  const separator = lines[0]?.startsWith('MSH') ? (lines[0][3] ?? '|') : '|';
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const name = line.slice(0, 3);
    const sequence = (seen.get(name) ?? 0) + 1;
    seen.set(name, sequence);
    const here = places.filter((place) => place.segment === name && place.sequence === sequence);
    if (here.length === 0) return { runs: [{ text: line, hit: false }], hit: false };
    const fields = here.flatMap((place) => (place.field === undefined ? [] : [place.field]));
    // A field that is missing has nothing to mark: then the segment as a whole is.
    const runs = fields.length > 0 ? markFields(line, separator, fields) : [];
    const marked = runs.some((run) => run.hit);
    return { runs: marked ? runs : [{ text: line, hit: true }], hit: true };
  });
}

/** The lines that segments stand on, however they were ended. */
export function segmentLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
}

/** MSH-1 is the separator itself, so that MSH's fields count from one further on. */
function markFields(line: string, separator: string, fields: number[]): Run[] {
  const shift = line.startsWith('MSH') ? 1 : 0;
  const runs: Run[] = [];
  const add = (text: string, hit: boolean) => {
    const last = runs.at(-1);
    if (last && last.hit === hit) last.text += text;
    else if (text !== '') runs.push({ text, hit });
  };
  line.split(separator).forEach((part, index) => {
    if (index > 0) add(separator, shift === 1 && index === 1 && fields.includes(1));
    add(part, index > 0 && fields.includes(index + shift));
  });
  return runs;
}
