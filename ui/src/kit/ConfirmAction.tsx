import { Button, type ButtonProps, Input, Modal, Select } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { type ApiError, asApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors } from './FormErrors';

export interface Reason {
  /** The chosen code, where there is a catalogue. */
  reason?: string;
  note?: string;
}

export interface ConfirmActionProps {
  label: ReactNode;
  title: string;
  /** What will happen, in words: who is told, what is released, what cannot be undone. */
  consequence: ReactNode;
  onConfirm: (reason: Reason) => Promise<unknown>;
  /** A catalogue of reasons; choosing one is then required. */
  reasons?: { value: string; label: string }[];
  /** Asks for words: `optional` or `required`. */
  note?: 'optional' | 'required';
  /** Cannot be undone, or takes something away from someone. */
  danger?: boolean;
  confirmLabel?: ReactNode;
  button?: ButtonProps;
  /** More fields inside the dialog. */
  children?: ReactNode;
}

/** A button that asks first: says the consequence, takes the reason, shows the refusal. */
export function ConfirmAction(props: ConfirmActionProps) {
  const { label, title, consequence, onConfirm, reasons, note, danger = true } = props;
  const id = useId();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState<string>();
  const [words, setWords] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const incomplete = (reasons && !reason) || (note === 'required' && words.trim() === '');

  function show() {
    setError(null);
    setReason(undefined);
    setWords('');
    setOpen(true);
  }
  async function confirm() {
    setBusy(true);
    setError(null);
    try {
      await onConfirm({ reason, note: words.trim() || undefined });
      setOpen(false);
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button danger={danger} {...props.button} onClick={show}>
        {label}
      </Button>
      <Modal
        open={open}
        title={title}
        onCancel={() => setOpen(false)}
        onOk={confirm}
        okText={props.confirmLabel ?? label}
        cancelText={t('kit.action.cancel')}
        okButtonProps={{ danger, disabled: Boolean(incomplete), loading: busy }}
        destroyOnHidden
      >
        <div className="lt-stack">
          <div>{consequence}</div>
          {reasons && (
            <div>
              <label htmlFor={`${id}reason`}>{t('kit.form.reason')}</label>
              <Select
                id={`${id}reason`}
                className="lt-full"
                options={reasons}
                value={reason}
                onChange={setReason}
                showSearch={{ optionFilterProp: 'label' }}
              />
            </div>
          )}
          {note && (
            <div>
              <label htmlFor={`${id}note`}>
                {t(reasons ? 'kit.form.reason-note' : 'kit.form.reason')}
                {note === 'optional' && <span className="lt-muted"> {t('kit.form.optional')}</span>}
              </label>
              <Input.TextArea
                id={`${id}note`}
                rows={3}
                maxLength={500}
                value={words}
                onChange={(event) => setWords(event.target.value)}
              />
            </div>
          )}
          {props.children}
          <FormErrors error={error} />
        </div>
      </Modal>
    </>
  );
}
