/** Refusals of one row of a list: the server names the row and the field side by side. */
import { ApiError } from '@/api/errors';

const ROW = /^([a-z_]+)(?:\[(\d+)\]|\.(\d+))$/;

/**
 * `sites[1]` and `starts_on` become `sites.1.starts_on`, so that the sentence stands at its field;
 * a row with no field named is told at `fallback`.
 */
export function rowErrors(error: ApiError, list: string, fallback: string): ApiError {
  const row = error.errors.map((one) => ROW.exec(one.path)).find((found) => found?.[1] === list);
  if (!row) return error;
  const place = `${list}.${row[2] ?? row[3]}`;
  const named = error.errors.filter((one) => !ROW.test(one.path));
  const errors =
    named.length > 0
      ? named.map((one) => ({ ...one, path: `${place}.${one.path}` }))
      : error.errors.map((one) => ({ ...one, path: `${place}.${fallback}` }));
  const { status, code, detail, trace_id, data } = error;
  return new ApiError({ status, code, detail, trace_id, data, errors });
}
