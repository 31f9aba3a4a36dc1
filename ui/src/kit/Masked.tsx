import { EyeOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { t } from '@/i18n';

/** A shown number hides itself again: screens stand open on desks. */
const SHOWN_MS = 30_000;

export interface MaskedProps {
  /** What everyone sees: `138****0012`. */
  masked: string;
  /** Fetches the full value; the server records who asked. Without it nothing can be shown. */
  reveal?: () => Promise<string>;
}

/** An identity or telephone number, masked until asked for. */
export function Masked({ masked, reveal }: MaskedProps) {
  const [full, setFull] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (full === null) return;
    const timer = setTimeout(() => setFull(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [full]);

  async function show() {
    if (!reveal) return;
    setBusy(true);
    try {
      setFull(await reveal());
      setFailed(false);
    } catch {
      setFailed(true);
    } finally {
      setBusy(false);
    }
  }

  return (
    <span className="lt-masked lt-figures">
      {full ?? masked}
      {reveal && full === null && (
        <Button
          type="text"
          size="small"
          loading={busy}
          icon={<EyeOutlined />}
          aria-label={t('kit.masked.show')}
          title={t('kit.masked.show')}
          onClick={show}
        />
      )}
      {failed && <span className="lt-muted">{t('kit.masked.failed')}</span>}
    </span>
  );
}
