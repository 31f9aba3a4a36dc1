/** One panel of the wall: its question, its great figure, its rows, and which page of them. */
import type { ReactNode } from 'react';
import { t } from '@/i18n';

export interface PanelProps {
  name: string;
  title: string;
  figures?: ReactNode;
  pages?: number;
  page?: number;
  children: ReactNode;
}

export function Panel({ name, title, figures, pages = 1, page = 0, children }: PanelProps) {
  return (
    <section className={`wall-panel wall-panel-${name}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {pages > 1 && (
          <span className="wall-page">
            {t('dispatch.page', { page: (page % pages) + 1, pages })}
          </span>
        )}
      </header>
      {figures && <div className="wall-figures">{figures}</div>}
      <div className="wall-rows">{children}</div>
    </section>
  );
}

export interface FigureProps {
  label: string;
  value: number;
  tone?: 'done' | 'soon' | 'overdue' | 'emergency' | 'plain';
  glow?: boolean;
}

export function Figure({ label, value, tone = 'plain', glow }: FigureProps) {
  return (
    <div className="wall-figure" data-tone={tone}>
      <b className={glow ? 'wall-glow' : undefined}>{value}</b>
      <span>{label}</span>
    </div>
  );
}
