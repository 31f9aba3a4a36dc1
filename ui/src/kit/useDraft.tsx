/**
 * Drafts: a long form survives a closed tab and a dead line.
 *
 * Kept in this browser under the account, for a day at most and until sign-out, because a draft may
 * hold a patient's data and the computer may be shared.
 */
import { Button, type FormInstance } from 'antd';
import dayjs from 'dayjs';
import { useCallback, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { readOwn, removeOwn, writeOwn } from './storage';

const SAVE_DELAY_MS = 800;
const AGE_MAX_MS = 24 * 60 * 60_000;

interface StoredDraft<Values> {
  saved_ms: number;
  values: Values;
}

export interface Draft<Values> {
  saved_ms: number | null;
  /** Whether the form opened with a draft of before. */
  restored: boolean;
  /** Call with all values on every change: Ant Design's `onValuesChange={(_, all) => save(all)}`. */
  save: (values: Values) => void;
  /** After submitting, or when the person gives it up. */
  discard: () => void;
}

/** Keeps a form's values under `name` (`referral.new`) and puts them back when it opens. */
export function useDraft<Values extends object>(
  form: FormInstance<Values>,
  name: string,
): Draft<Values> {
  const key = `draft.${name}`;
  const [saved_ms, setSaved] = useState<number | null>(null);
  const [restored, setRestored] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pending = useRef<Values | null>(null);

  const write = useCallback(() => {
    clearTimeout(timer.current);
    if (pending.current === null) return;
    const now_ms = Date.now();
    const stored: StoredDraft<Values> = { saved_ms: now_ms, values: pending.current };
    pending.current = null;
    if (writeOwn(key, stored)) setSaved(now_ms);
  }, [key]);

  useEffect(() => {
    const stored = readOwn<StoredDraft<Values>>(key);
    if (stored && Date.now() - stored.saved_ms < AGE_MAX_MS) {
      form.setFieldsValue(stored.values as Parameters<typeof form.setFieldsValue>[0]);
      setSaved(stored.saved_ms);
      setRestored(true);
    } else if (stored) {
      removeOwn(key);
    }
    // The last words before the tab closes or the screen is left must not be lost.
    window.addEventListener('pagehide', write);
    return () => {
      window.removeEventListener('pagehide', write);
      write();
    };
  }, [form, key, write]);

  const save = useCallback(
    (values: Values) => {
      pending.current = values;
      clearTimeout(timer.current);
      timer.current = setTimeout(write, SAVE_DELAY_MS);
    },
    [write],
  );

  const discard = useCallback(() => {
    pending.current = null;
    clearTimeout(timer.current);
    removeOwn(key);
    setSaved(null);
    setRestored(false);
  }, [key]);

  return { saved_ms, restored, save, discard };
}

export interface DraftMarkProps {
  draft: Pick<Draft<never>, 'saved_ms' | 'restored'>;
  /** Shown after a restore: clear the form and call `draft.discard`. */
  onDiscard?: () => void;
}

/** `草稿已保存 14:05`. */
export function DraftMark({ draft, onDiscard }: DraftMarkProps) {
  if (draft.saved_ms === null) return null;
  const at = dayjs(draft.saved_ms).format('HH:mm');
  return (
    <span className="lt-draft lt-muted" role="status">
      {t(draft.restored ? 'kit.form.draft-restored' : 'kit.form.draft-saved', { at })}
      {onDiscard && draft.restored && (
        <Button type="link" size="small" onClick={onDiscard}>
          {t('kit.action.discard')}
        </Button>
      )}
    </span>
  );
}
