import { PrinterOutlined } from '@ant-design/icons';
import { Button, type ButtonProps, Modal, Segmented } from 'antd';
import { type ReactNode, useState } from 'react';
import { createPortal } from 'react-dom';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { Barcode, QrCode } from './Codes';
import { dateTimeText } from './time';
import './print.css';

export type Paper = 'A4' | 'A5';

export interface PrintSheetProps {
  title: string;
  /** The organization that issues it. */
  issuer?: string;
  /** The document's number: printed as text and barcode. */
  number?: string;
  /** What the QR code holds, usually the case's address. */
  qr?: string;
  printedBy: string;
  children: ReactNode;
}

/** One printed form: head with number, barcode and QR, body, and who printed it when. */
export function PrintSheet({ title, issuer, number, qr, printedBy, children }: PrintSheetProps) {
  return (
    <article className="lt-sheet">
      <header className="lt-sheet-head">
        <div className="lt-sheet-code">
          {number && <Barcode value={number} label={t('kit.print.number', { number })} />}
        </div>
        <div className="lt-sheet-title">
          {issuer && <p>{issuer}</p>}
          <h1>{title}</h1>
        </div>
        <div className="lt-sheet-qr">{qr && <QrCode value={qr} label={qr} size={72} />}</div>
      </header>
      <div className="lt-sheet-body">{children}</div>
      <footer className="lt-sheet-foot">
        <span>{t('kit.print.printed-by', { who: printedBy })}</span>
        <span>{t('kit.print.printed-at', { at: dateTimeText(serverNow()) })}</span>
      </footer>
    </article>
  );
}

export interface PrintButtonProps {
  label?: ReactNode;
  paper?: Paper;
  /** The sheets: one or more `PrintSheet`. Built only when the preview opens. */
  sheets: () => ReactNode;
  /** Called when it is really printed, to record it. */
  onPrint?: () => void;
  button?: ButtonProps;
}

/** Opens a preview on the chosen paper and prints it without the screen around it. */
export function PrintButton({ label, paper = 'A4', sheets, onPrint, button }: PrintButtonProps) {
  const [open, setOpen] = useState(false);
  const [size, setSize] = useState<Paper>(paper);
  function print() {
    onPrint?.();
    window.print();
  }
  const content = open ? sheets() : null;
  return (
    <>
      <Button icon={<PrinterOutlined />} {...button} onClick={() => setOpen(true)}>
        {label ?? t('kit.action.print')}
      </Button>
      <Modal
        open={open}
        title={t('kit.print.preview')}
        width={size === 'A4' ? 880 : 660}
        onCancel={() => setOpen(false)}
        onOk={print}
        okText={t('kit.action.print')}
        cancelText={t('kit.action.close')}
        destroyOnHidden
      >
        <Segmented
          value={size}
          onChange={setSize}
          options={(['A4', 'A5'] as const).map((value) => ({
            value,
            label: t('kit.print.paper', { paper: value }),
          }))}
        />
        <div className="lt-preview" data-paper={size}>
          {content}
        </div>
      </Modal>
      {content && createPortal(<PrintRoot paper={size}>{content}</PrintRoot>, document.body)}
    </>
  );
}

/** What the printer sees; the screen never shows it. Pages count themselves. */
export function PrintRoot({ paper, children }: { paper: Paper; children: ReactNode }) {
  const margin = paper === 'A4' ? '14mm' : '9mm';
  const count = '@bottom-center { content: counter(page) " / " counter(pages); font-size: 9pt; }';
  return (
    <div className="lt-print-root" data-paper={paper}>
      <style>{`@page { size: ${paper}; margin: ${margin}; ${count} }`}</style>
      {children}
    </div>
  );
}
