/** The address's query as plain texts: what a person sees in the address is what a screen reads. */

export type QueryValues = Record<string, string | string[]>;

export function parseQuery(search: string): QueryValues {
  const values: QueryValues = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const known = values[name];
    if (known === undefined) values[name] = value;
    else values[name] = Array.isArray(known) ? [...known, value] : [known, value];
  }
  return values;
}

export function printQuery(values: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') params.append(name, String(one));
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
