import { PlusOutlined } from '@ant-design/icons';
import { Button, type ButtonProps } from 'antd';
import { useState } from 'react';
import { callVersioned } from '@/api/client';
import { t } from '@/i18n';
import { toast } from '@/kit/toast';
import type { Seen } from '@/kit/useMerge';
import type { Evidence } from '../types';
import { FieldsDialog, type FieldsDialogProps } from './FieldsDialog';

type Dialog = Omit<FieldsDialogProps, 'onClose' | 'seen' | 'read'>;

interface QuickAddProps extends Dialog {
  button?: ButtonProps;
}

/** A button and a short form that adds one thing to a list. */
export function QuickAdd({ button, ...dialog }: QuickAddProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" icon={<PlusOutlined />} {...button} onClick={() => setOpen(true)}>
        {dialog.title}
      </Button>
      {open && <FieldsDialog {...dialog} onClose={() => setOpen(false)} />}
    </>
  );
}

interface QuickEditProps<Body> extends Dialog {
  /** Where the thing is read, unless at its own path. */
  source?: string;
  /** The version within what is read there; the answer's own unless told. */
  versionOf?: (body: Body) => string;
  /** What the form shows of the thing. */
  values: (body: Body) => object;
  /** Files that are there already. */
  filesOf?: (body: Body) => Promise<Evidence[]>;
  label?: string;
  /** Whose button it is, for those who do not see the row. */
  of?: string;
  button?: ButtonProps;
}

/** A button and a short form that changes one thing: read anew when it opens. */
export function QuickEdit<Body>(props: QuickEditProps<Body>) {
  const { source, versionOf, values, label = t('network.edit'), of, filesOf, ...more } = props;
  const { button, ...dialog } = more;
  const [opened, setOpened] = useState<{ seen: Seen; files?: Evidence[] } | null>(null);
  const [busy, setBusy] = useState(false);
  async function read() {
    const found = await callVersioned<Body>('GET', source ?? dialog.path);
    const version = versionOf?.(found.body) ?? found.version;
    return { seen: { values: values(found.body), version }, body: found.body };
  }
  async function open() {
    setBusy(true);
    try {
      const { seen, body } = await read();
      setOpened({ seen, files: await filesOf?.(body) });
    } catch (thrown) {
      toast.error(thrown);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <Button
        size="small"
        {...button}
        loading={busy}
        aria-label={of && `${label} ${of}`}
        onClick={open}
      >
        {label}
      </Button>
      {opened && (
        <FieldsDialog
          {...dialog}
          seen={opened.seen}
          files={opened.files}
          read={async () => (await read()).seen}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}
