/** What the server answers when it refuses: RFC 9457 problem documents as one typed error. */

export interface FieldError {
  /** Where in the sent body, with dots: `vitals.pulse`, `drugs.0.dose`. */
  path: string;
  /** Stable code, for example `required`. */
  code: string;
  /** The sentence for this field, when the server gives one. */
  detail?: string;
}

/** A refusal or failure of a call. `detail` is already in the reader's language. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: FieldError[];
  readonly trace_id: string | undefined;
  /** Facts that came with the refusal, such as the next three free slots. */
  readonly data: unknown;

  constructor(problem: {
    status: number;
    code: string;
    detail: string;
    errors?: FieldError[];
    trace_id?: string;
    data?: unknown;
  }) {
    super(problem.detail || problem.code);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.trace_id = problem.trace_id;
    this.data = problem.data;
  }

  /** The call never reached the server, or its answer never came back. */
  get offline(): boolean {
    return this.status === 0;
  }
  /** Nobody is signed in. Other 401s (a wrong password, a wrong code) are answers to a form. */
  get signedOut(): boolean {
    return this.code === SIGNED_OUT_CODE;
  }
  get forbidden(): boolean {
    return this.status === 403;
  }
  get notFound(): boolean {
    return this.status === 404 || this.status === 410;
  }
  /** Someone changed the row since it was read. */
  get stale(): boolean {
    return this.status === 412;
  }
  /** The same call may work in a moment. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

export const SIGNED_OUT_CODE = 'access.not-signed-in';
export const OFFLINE_CODE = 'network.offline';
export const UNKNOWN_CODE = 'server.unreadable-answer';

/** Reads a failed answer; anything that is no problem document becomes a nameless failure. */
export async function errorFrom(response: Response): Promise<ApiError> {
  const body = await response.text().catch(() => '');
  return parseProblem(response.status, body, response.headers.get('x-trace-id') ?? undefined);
}

/** Makes the typed error out of a status and the text of a body. */
export function parseProblem(status: number, body: string, trace?: string): ApiError {
  const problem = parseObject(body);
  return new ApiError({
    status,
    code: text(problem.code) ?? UNKNOWN_CODE,
    detail: text(problem.detail) ?? text(problem.title) ?? '',
    errors: fieldErrors(problem.errors),
    trace_id: text(problem.trace_id) ?? trace,
    data: problem.data,
  });
}

/** Whatever was thrown, as an ApiError: a failed fetch means that the line is down. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof TypeError) {
    return new ApiError({ status: 0, code: OFFLINE_CODE, detail: '' });
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError({ status: 500, code: 'page.failed', detail });
}

function parseObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: Record<string, unknown> | null) => {
    const path = text(entry?.path);
    if (path === undefined) return [];
    return [{ path, code: text(entry?.code) ?? 'invalid', detail: text(entry?.detail) }];
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
