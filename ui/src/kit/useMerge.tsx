import { Alert, type FormInstance } from 'antd';
import { type ReactNode, useState } from 'react';
import type { ApiError } from '@/api/errors';
import { t } from '@/i18n';
import { markFields, namePath } from './FormErrors';
import { type Merged, mergeValues } from './merge';
import { toast } from './toast';

/** What a form is about, as it was read. */
export interface Seen {
  values: object;
  version: string;
}

interface MergeOptions {
  form: FormInstance;
  /** As the form was opened with; absent while something new is made. */
  seen?: Seen;
  /** Reads it again; without it a stale form is only refused. */
  read?: () => Promise<Seen>;
  /** Path of an answer → what it is called on the screen. */
  labels: Record<string, string>;
  /** An answer in the reader's words. */
  show?: (path: string, value: unknown) => string;
}

interface Merge {
  /** The newest version this person has seen: for `If-Match`. */
  version: string;
  /** What somebody else changed meanwhile. */
  note: ReactNode;
  /** For `onError`: marks the fields at fault, or catches up with a newer version. */
  refused: (error: ApiError) => void;
}

/** A stale form takes in what others changed, shows both where both did, and can be sent again. */
export function useMerge({ form, seen, read, labels, show }: MergeOptions): Merge {
  const [base, setBase] = useState(seen);
  const [merged, setMerged] = useState<Merged | null>(null);
  async function catchUp(readAgain: () => Promise<Seen>) {
    try {
      const newest = await readAgain();
      const result = mergeValues(base?.values ?? {}, newest.values, form.getFieldsValue(true));
      for (const [path, value] of Object.entries(result.taken)) {
        form.setFieldValue(namePath(path), value);
      }
      setBase(newest);
      setMerged(result);
    } catch (thrown) {
      toast.error(thrown);
    }
  }
  return {
    version: base?.version ?? '',
    note: merged && <MergeNote merged={merged} labels={labels} show={show} />,
    refused(error) {
      if (error.stale && read) void catchUp(read);
      else markFields(form, error);
    },
  };
}

interface MergeNoteProps {
  merged: Merged;
  /** Path of an answer → what it is called on the screen. */
  labels: Record<string, string>;
  /** An answer in the reader's words. */
  show?: (path: string, value: unknown) => string;
}

/** What somebody else saved while the form was open, and where both changed the same. */
export function MergeNote({ merged, labels, show }: MergeNoteProps) {
  const label = (path: string) => labels[path] ?? labels[path.split('.')[0] ?? path] ?? path;
  const text = (path: string, value: unknown) => {
    if (value === undefined || value === null || value === '') return t('kit.none');
    return show?.(path, value) ?? String(value);
  };
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      className="lt-merge-note"
      title={t('kit.error.stale')}
      description={
        <>
          <ul className="lt-merge">
            {merged.clashes.map(({ path, theirs, mine }) => (
              <li key={path}>
                {t('kit.merge.clash', {
                  field: label(path),
                  theirs: text(path, theirs),
                  mine: text(path, mine),
                })}
              </li>
            ))}
            {Object.entries(merged.taken).map(([path, value]) => (
              <li key={path}>
                {t('kit.merge.taken', { field: label(path), theirs: text(path, value) })}
              </li>
            ))}
          </ul>
          {t('kit.merge.again')}
        </>
      }
    />
  );
}
