import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { t } from '@/i18n';
import { useBack } from './route';

export interface PageProps {
  title: ReactNode;
  /** For the browser's tab, when `title` is not plain text. */
  tabTitle?: string;
  /** State tag, number, clocks: beside the title. */
  meta?: ReactNode;
  /** One primary action; the rest quieter. */
  actions?: ReactNode;
  /** Where the back arrow leads when the page was opened directly; absent on top-level pages. */
  back?: string;
  /** Below the title: views, filters. */
  tools?: ReactNode;
  /** Uses the whole width: tables and boards. Forms and texts stay narrow. */
  wide?: boolean;
  children: ReactNode;
}

/** A screen: header with title, state and actions, then its content. */
export function Page({ title, tabTitle, meta, actions, back, tools, wide, children }: PageProps) {
  const tab = tabTitle ?? (typeof title === 'string' ? title : undefined);
  useEffect(() => {
    if (tab) document.title = `${tab} · ${t('app.name')}`;
  }, [tab]);
  return (
    <div className={wide ? 'lt-page lt-page-wide' : 'lt-page'}>
      <header className="lt-page-header">
        {back && <BackButton fallback={back} />}
        <h1 className="lt-page-title">{title}</h1>
        {meta && <div className="lt-page-meta">{meta}</div>}
        {actions && <div className="lt-page-actions">{actions}</div>}
      </header>
      {tools && <div className="lt-page-tools">{tools}</div>}
      {children}
    </div>
  );
}

function BackButton({ fallback }: { fallback: string }) {
  const back = useBack(fallback);
  return (
    <Button
      type="text"
      icon={<ArrowLeftOutlined />}
      aria-label={t('kit.action.back')}
      title={t('kit.action.back')}
      onClick={back}
    />
  );
}

export interface SectionProps {
  title?: ReactNode;
  extra?: ReactNode;
  /** Without the surface, for content that brings its own. */
  bare?: boolean;
  id?: string;
  children: ReactNode;
}

/** A titled part of a page. Sections stand beside each other, never inside one another. */
export function Section({ title, extra, bare, id, children }: SectionProps) {
  return (
    <section className={bare ? 'lt-section lt-section-bare' : 'lt-section'} id={id}>
      {(title || extra) && (
        <div className="lt-section-header">
          {title && <h2 className="lt-section-title">{title}</h2>}
          {extra && <div className="lt-section-extra">{extra}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

export interface Fact {
  label: ReactNode;
  value: ReactNode;
  /** Takes the whole row. */
  wide?: boolean;
}

/** Label and value pairs, read down in two or more columns as the width allows. */
export function Facts({ items }: { items: Fact[] }) {
  return (
    <dl className="lt-facts">
      {items.map((fact, index) => (
        <div key={index} className={fact.wide ? 'lt-fact lt-fact-wide' : 'lt-fact'}>
          <dt>{fact.label}</dt>
          <dd>{fact.value ?? <span className="lt-muted">—</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
