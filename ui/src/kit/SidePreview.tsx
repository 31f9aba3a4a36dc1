import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { useHotkeys } from './hotkeys';
import { usePhone } from './media';

export interface SidePreviewProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** Open the whole thing, act on it. */
  extra?: ReactNode;
  footer?: ReactNode;
  width?: number;
  children: ReactNode;
}

const WIDTH_DEFAULT_PX = 480;

/** A look at one row beside its list; the list stays usable (J and K go on working). */
export function SidePreview(props: SidePreviewProps) {
  const { open, onClose, title, extra, footer, width = WIDTH_DEFAULT_PX, children } = props;
  const phone = usePhone();
  useHotkeys({ Escape: onClose }, open);
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={title}
      extra={extra}
      footer={footer}
      size={phone ? '100%' : width}
      mask={phone}
      // Focus stays in the list, so that its keys go on working; Tab leads into the preview.
      autoFocus={phone}
      focusable={{ trap: phone }}
      rootClassName="lt-side"
    >
      {children}
    </Drawer>
  );
}
