/** Files of a case: shown, added by dragging, choosing or the camera. */
import { CameraOutlined, FileOutlined, PaperClipOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import type { ApiError } from '@/api/errors';
import { asApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { usePhone } from '@/kit/media';
import { Section } from '@/kit/Page';
import { attachFile, attachmentUrl } from '../api';
import type { ReferralView } from '../types';

export const FILE_TYPES = 'application/pdf,image/jpeg,image/png,.dcm';
const KILOBYTE = 1024;

export function sizeText(bytes: number): string {
  if (bytes < KILOBYTE * KILOBYTE) return `${Math.max(1, Math.round(bytes / KILOBYTE))} KB`;
  return `${(bytes / KILOBYTE / KILOBYTE).toFixed(1)} MB`;
}

export function FilesSection({ referral }: { referral: ReferralView }) {
  const may = referral.actions.some((one) => one.action === 'attach' && one.allowed);
  if (referral.attachments.length === 0 && !may) return null;
  return (
    <Section title={t('referral.field.attachments')}>
      <ul className="referral-files">
        {referral.attachments.map((file) => (
          <li key={file.id}>
            <a href={attachmentUrl(referral.id, file.id)} download={file.file_name}>
              <FileOutlined aria-hidden="true" /> {file.file_name}
            </a>{' '}
            <span className="lt-muted">
              {sizeText(file.size_bytes)} · {file.author_name}
            </span>
          </li>
        ))}
      </ul>
      {may && <AddFiles referral_id={referral.id} />}
    </Section>
  );
}

function AddFiles({ referral_id }: { referral_id: string }) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  async function add(files: File[]) {
    setError(null);
    for (const file of files) {
      setBusy((count) => count + 1);
      try {
        await attachFile(referral_id, file);
      } catch (thrown) {
        setError(asApiError(thrown));
      } finally {
        setBusy((count) => count - 1);
      }
    }
    await queries.invalidateQueries({ queryKey: ['referral', referral_id] });
  }
  return (
    <>
      <FileInput onFiles={add} busy={busy > 0} />
      <FormErrors error={error} />
    </>
  );
}

/** Takes files by dragging, choosing, or the camera of a phone. */
export function FileInput({ onFiles, busy }: { onFiles: (files: File[]) => void; busy?: boolean }) {
  const phone = usePhone();
  const pick = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  }
  function take(input: HTMLInputElement) {
    onFiles([...(input.files ?? [])]);
    // The same file may be chosen again after a failure.
    input.value = '';
  }
  return (
    <section
      className="referral-drop"
      aria-label={t('referral.files.add')}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        ref={pick}
        type="file"
        hidden
        multiple
        accept={FILE_TYPES}
        aria-label={t('referral.files.add')}
        onChange={(event) => take(event.target)}
      />
      <input
        ref={camera}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        aria-label={t('referral.files.camera')}
        onChange={(event) => take(event.target)}
      />
      <div className="lt-row">
        <Button icon={<PaperClipOutlined />} loading={busy} onClick={() => pick.current?.click()}>
          {t('referral.files.add')}
        </Button>
        {phone && (
          <Button icon={<CameraOutlined />} onClick={() => camera.current?.click()}>
            {t('referral.files.camera')}
          </Button>
        )}
      </div>
      <p className="lt-muted referral-plain">{t('referral.files.hint')}</p>
    </section>
  );
}
