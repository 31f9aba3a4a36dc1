/** Sending a new referral: the draft, its files, then the submission; each step happens once. */
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { newKey } from '@/api/client';
import { type ApiError, asApiError } from '@/api/errors';
import { serverNow } from '@/api/serverTime';
import { act, attachFile, createReferral, editReferral } from './api';
import { bodyOf, type FormValues } from './newForm';
import type { ReferralView } from './types';

interface Saved {
  id: string;
  version: number;
}

export function useSend(draft: Saved | undefined) {
  const saved = useRef<Saved | undefined>(draft);
  if (!saved.current && draft) saved.current = draft;
  // A try that got no answer is repeated under its own key, so that it cannot make two drafts.
  const keys = useRef({ create: newKey(), submit: newKey() });
  const sent = useRef(new WeakSet<File>());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const queries = useQueryClient();

  async function save(values: FormValues, files: File[]): Promise<ReferralView | null> {
    const body = bodyOf(values, new Date(serverNow()).toISOString());
    if (!body) return null;
    const known = saved.current;
    const view = known
      ? await editReferral(known.id, known.version, body, { 'Idempotency-Key': newKey() })
      : await createReferral(body, { 'Idempotency-Key': keys.current.create });
    saved.current = { id: view.id, version: view.version };
    for (const file of files) {
      if (sent.current.has(file)) continue;
      await attachFile(view.id, file);
      sent.current.add(file);
    }
    return view;
  }

  async function run(task: () => Promise<ReferralView | null>): Promise<ReferralView | null> {
    setBusy(true);
    setError(null);
    try {
      const view = await task();
      await queries.invalidateQueries({ queryKey: ['referral'] });
      return view;
    } catch (thrown) {
      const refusal = asApiError(thrown);
      // A refused body is another request next time; only a lost answer keeps its key.
      if (!refusal.transient) keys.current = { create: newKey(), submit: newKey() };
      setError(refusal);
      return null;
    } finally {
      setBusy(false);
    }
  }

  return {
    busy,
    error,
    saveDraft: (values: FormValues, files: File[]) => run(() => save(values, files)),
    submit: (values: FormValues, files: File[]) =>
      run(async () => {
        const view = await save(values, files);
        if (!view) return null;
        const body = { override_reason: values.override_reason || null };
        const key = { 'Idempotency-Key': keys.current.submit };
        return act(view.id, view.version, 'submit', body, key);
      }),
  };
}
