import { Alert, type FormInstance } from 'antd';
import { useEffect, useRef } from 'react';
import type { ApiError, FieldError } from '@/api/errors';
import { t, textOr } from '@/i18n';
import { flattenValues } from './merge';
import { pair } from './words';

export interface FormErrorsProps {
  error: ApiError | null | undefined;
  /** What a field is called on the screen: path in the body → label. */
  labels?: Record<string, string>;
  /** Moves to the field; with Ant Design `scrollToField(form)` does it. */
  onGo?: (path: string) => void;
}

/** Why a form was refused: the server's sentence, then a link to each field at fault. */
export function FormErrors({ error, labels = {}, onGo }: FormErrorsProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error) box.current?.focus();
  }, [error]);
  if (!error) return null;
  const fallback = t(error.offline ? 'kit.error.offline-hint' : 'kit.error.failed-hint');
  const fields = error.errors.length > 0 && (
    <ul className="lt-form-errors">
      {error.errors.map((field) => (
        <li key={`${field.path}${field.code}`}>
          <button type="button" className="lt-link" onClick={() => onGo?.(field.path)}>
            {labelOf(field.path, labels)}
          </button>
          {field.code !== error.code && pair('', fieldErrorText(field))}
        </li>
      ))}
    </ul>
  );
  const description = (
    <>
      {fields}
      {error.trace_id && error.status >= 500 && t('kit.error.trace', { id: error.trace_id })}
    </>
  );
  return (
    <div ref={box} tabIndex={-1} className="lt-form-errors-box">
      <Alert
        type="error"
        showIcon
        role="alert"
        title={error.detail || pair(t('kit.form.failed'), fallback)}
        description={fields || error.trace_id ? description : undefined}
      />
    </div>
  );
}

/** The sentence for one field: the server's own, else the text of its code. */
export function fieldErrorText(field: FieldError): string {
  if (field.detail) return field.detail;
  const last = field.code.split('.').at(-1) ?? field.code;
  return textOr(t('kit.form.invalid'), `error.${field.code}`, `kit.form.${last}`);
}

/** Puts the server's refusals beside the fields of an Ant Design form. */
export function markFields(form: FormInstance, error: ApiError): void {
  form.setFields(
    error.errors.map((field) => {
      // The refusal as a whole is about this field: its sentence belongs there.
      const text = field.code === error.code ? error.detail : fieldErrorText(field);
      return { name: namePath(field.path), errors: [text] };
    }),
  );
}

/** A sentence of the server's goes once its field is changed. */
export function forgive(form: FormInstance, changed: object): void {
  const paths = Object.keys(flattenValues(changed));
  form.setFields(paths.map((path) => ({ name: namePath(path), errors: [] })));
}

/** Moves to a field and puts the cursor in it. */
export function scrollToField(form: FormInstance): (path: string) => void {
  return (path) => form.scrollToField(namePath(path), { block: 'center', focus: true });
}

/** `drugs.0.dose` or `drugs[0].dose` → `['drugs', 0, 'dose']`, as Ant Design names fields. */
export function namePath(path: string): (string | number)[] {
  return path
    .replace(/^\//, '')
    .split(/[./[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function labelOf(path: string, labels: Record<string, string>): string {
  const general = path.replace(/\.\d+/g, '');
  return labels[path] ?? labels[general] ?? path;
}
