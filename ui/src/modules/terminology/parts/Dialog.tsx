import { Button, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import type { ApiError } from '@/api/errors';
import { asApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';

interface DialogProps {
  label: string;
  title: string;
  okText?: string;
  primary?: boolean;
  ready: boolean;
  onOk: () => Promise<unknown>;
  onOpen?: () => void;
  children: ReactNode;
}

/** A button that opens a small form; it closes when the server took it. */
export function Dialog({ label, title, okText, primary, ready, ...props }: DialogProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  async function save() {
    setBusy(true);
    setError(null);
    try {
      await props.onOk();
      setOpen(false);
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <Button
        type={primary ? 'primary' : 'default'}
        onClick={() => {
          setError(null);
          props.onOpen?.();
          setOpen(true);
        }}
      >
        {label}
      </Button>
      <Modal
        open={open}
        title={title}
        onCancel={() => setOpen(false)}
        onOk={save}
        okText={okText ?? t('kit.action.save')}
        cancelText={t('kit.action.cancel')}
        okButtonProps={{ disabled: !ready, loading: busy }}
        destroyOnHidden
      >
        <div className="lt-stack">
          {props.children}
          <FormErrors error={error} />
        </div>
      </Modal>
    </>
  );
}

/** A labelled field of such a form. */
export function Field({
  id,
  label,
  hint,
  children,
}: {
  id: string;
  label: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && <div className="lt-muted">{hint}</div>}
    </div>
  );
}
