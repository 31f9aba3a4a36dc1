import { CheckOutlined, CloseOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { t } from '@/i18n';
import { shortTimeText, useNow } from './time';

export type StepStatus = 'done' | 'current' | 'todo' | 'exit';

export interface Step {
  key: string;
  label: ReactNode;
  status: StepStatus;
  at?: string | null;
  hint?: ReactNode;
}

/** The path a case has taken through its states, and what may follow. */
export function Stepper({ steps, label }: { steps: Step[]; label: string }) {
  const now = useNow();
  return (
    <ol className="lt-stepper" aria-label={label}>
      {steps.map((step) => (
        <li
          key={step.key}
          data-status={step.status}
          aria-current={step.status === 'current' ? 'step' : undefined}
        >
          <span className="lt-step-mark" aria-hidden="true">
            {step.status === 'done' && <CheckOutlined />}
            {step.status === 'exit' && <CloseOutlined />}
          </span>
          <span className="lt-step-text">
            {step.label}
            <span className="lt-visually-hidden"> {t(`kit.stepper.${step.status}`)}</span>
            <span className="lt-step-hint lt-muted">
              {step.at ? shortTimeText(step.at, now) : step.hint}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
