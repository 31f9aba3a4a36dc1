import { UploadOutlined } from '@ant-design/icons';
import { Button, Upload } from 'antd';
import { useState } from 'react';
import { type ApiError, asApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { uploadEvidence } from '../queries';
import type { Evidence } from '../types';

interface EvidenceUploadProps {
  /** No more files than these. */
  max?: number;
  /** Files that are there already. */
  files?: Evidence[];
  /** Ids of the files, as a form field. */
  value?: string[];
  onChange?: (ids: string[]) => void;
}

const FILES_MAX = 20;
const ACCEPT = '.pdf,.jpg,.jpeg,.png,.webp,.tif,.tiff,.docx,.xlsx';

/** Files that prove something; the server tells their type by what is in them. */
export function EvidenceUpload(props: EvidenceUploadProps) {
  const { max = FILES_MAX, files: known = [], value = [], onChange } = props;
  const can = useCan();
  const [added, setFiles] = useState<Evidence[]>([]);
  const files = [...known, ...added].filter((file) => value.includes(file.id));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  async function take(file: File) {
    setBusy(true);
    setError(null);
    try {
      const evidence = await uploadEvidence(file);
      setFiles((before) => [...before, evidence]);
      onChange?.([...value, evidence.id]);
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  function remove(id: string) {
    onChange?.(value.filter((one) => one !== id));
  }
  return (
    <div className="lt-stack">
      <FormErrors error={error} />
      <Upload
        accept={ACCEPT}
        beforeUpload={(file) => {
          void take(file);
          return false;
        }}
        fileList={files.map((file) => ({ uid: file.id, name: file.name, status: 'done' }))}
        onRemove={(file) => remove(file.uid)}
      >
        <Button
          icon={<UploadOutlined />}
          loading={busy}
          disabled={!can('network.evidence') || value.length >= max}
        >
          {t('network.evidence.upload')}
        </Button>
      </Upload>
    </div>
  );
}
