/** The server's API document as lines of a list. */

export interface Operation {
  id: string;
  method: string;
  path: string;
  permission: string;
  tag: string;
  summary: string;
}

interface RawOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  'x-permission'?: string;
}

export interface ApiDocument {
  info?: { title?: string; version?: string };
  paths: Record<string, Record<string, RawOperation>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Every operation, by module and path. */
export function operationsOf(document: ApiDocument): Operation[] {
  const found = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const raw = item[method];
      if (!raw) return [];
      return [
        {
          id: raw.operationId ?? `${method} ${path}`,
          method: method.toUpperCase(),
          path,
          permission: raw['x-permission'] ?? '',
          tag: raw.tags?.[0] ?? '',
          summary: raw.summary ?? raw.description ?? '',
        },
      ];
    }),
  );
  return found.sort((a, b) => a.tag.localeCompare(b.tag) || a.path.localeCompare(b.path));
}

/** Those in which every word occurs. */
export function filterOperations(operations: Operation[], q: string | undefined): Operation[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return operations.filter((one) => {
    const text = `${one.method} ${one.path} ${one.permission} ${one.summary} ${one.id}`;
    return words.every((word) => text.toLowerCase().includes(word));
  });
}
