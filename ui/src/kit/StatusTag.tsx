import {
  CheckCircleFilled,
  ClockCircleOutlined,
  ExclamationCircleFilled,
  FieldTimeOutlined,
  MinusCircleOutlined,
  PlayCircleFilled,
  ThunderboltFilled,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { Tone } from './tokens';

const ICONS: Record<Tone, ReactNode> = {
  neutral: <MinusCircleOutlined />,
  active: <PlayCircleFilled />,
  waiting: <ClockCircleOutlined />,
  soon: <FieldTimeOutlined />,
  overdue: <ExclamationCircleFilled />,
  emergency: <ThunderboltFilled />,
  done: <CheckCircleFilled />,
};

export interface StatusTagProps {
  tone: Tone;
  /** The word: colour and icon alone never carry the meaning. */
  label: ReactNode;
  icon?: ReactNode;
  /** Only icon and coloured word, for dense rows. */
  plain?: boolean;
  title?: string;
}

/** A state: icon, word and colour, the same on every screen. */
export function StatusTag({ tone, label, icon, plain, title }: StatusTagProps) {
  return (
    <span
      className={plain ? 'lt-status lt-status-plain' : 'lt-status'}
      data-tone={tone}
      title={title}
    >
      <span className="lt-status-icon" aria-hidden="true">
        {icon ?? ICONS[tone]}
      </span>
      {label}
    </span>
  );
}
