import { CheckSquareOutlined } from '@ant-design/icons';
import { Segmented } from 'antd';
import { useEffect, useRef } from 'react';
import { codeText, t, textOr } from '@/i18n';
import { Clock } from '@/kit/Clock';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { useNow } from '@/kit/time';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { useRowKeys } from '@/kit/useRowKeys';
import {
  groupOf,
  isEmergency,
  isUrgent,
  sortWork,
  useWork,
  WORK_GROUPS,
  type WorkItem,
} from '../queries';
import '../work.css';

const FILTERS = { module: text() };

/** One list of everything that waits for me, over all modules: late, today, later. */
export default function MyWork() {
  const work = useWork();
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const now = useNow();
  const go = useGo();
  const all = work.data?.items ?? [];
  const wanted = all.filter((item) => !filters.module || item.module === filters.module);
  const groups = WORK_GROUPS.map((group) => ({
    group,
    items: sortWork(wanted.filter((item) => groupOf(item, now) === group)),
  }));
  const rows = groups.flatMap((group) => group.items);
  const { current } = useRowKeys({
    count: rows.length,
    onOpen: (index) => {
      const row = rows[index];
      if (row) go(row.link);
    },
  });
  return (
    <Page
      title={t('work.title')}
      meta={<span className="lt-muted work-keys">{t('work.keys')}</span>}
      tools={
        <ModuleFilter
          items={all}
          value={filters.module}
          onChange={(module) => setFilters({ module })}
        />
      }
    >
      {work.isPending && <LinesSkeleton rows={10} />}
      {work.isError && !work.data && (
        <ErrorState error={work.error} onRetry={() => void work.refetch()} />
      )}
      {work.isSuccess && rows.length === 0 && (
        <EmptyState
          icon={<CheckSquareOutlined />}
          title={t('work.empty')}
          hint={t('work.empty-hint')}
        />
      )}
      {groups
        .filter((group) => group.items.length > 0)
        .map(({ group, items }) => (
          <section key={group} className="work-group" aria-labelledby={`work-${group}`}>
            <h2 id={`work-${group}`} data-group={group}>
              {t(`work.group.${group}`)}{' '}
              <span className="lt-muted">{t('work.count', { n: items.length })}</span>
            </h2>
            <ul>
              {items.map((item) => (
                <WorkRow key={item.id} item={item} current={rows[current] === item} />
              ))}
            </ul>
          </section>
        ))}
    </Page>
  );
}

interface ModuleFilterProps {
  items: WorkItem[];
  value: string | undefined;
  onChange: (module: string | undefined) => void;
}

/** Only worth showing where work comes from more than one place. */
function ModuleFilter({ items, value, onChange }: ModuleFilterProps) {
  const modules = [...new Set(items.map((item) => item.module))].sort();
  if (modules.length < 2) return null;
  const options = modules.map((module) => ({
    value: module,
    label: `${textOr(module, `work.module.${module}`)} ${items.filter((item) => item.module === module).length}`,
  }));
  return (
    <Segmented
      value={value ?? ''}
      options={[{ value: '', label: `${t('work.module.all')} ${items.length}` }, ...options]}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}

function WorkRow({ item, current }: { item: WorkItem; current: boolean }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (current) link.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <li className="work-row" data-current={current}>
      <PathLink
        to={item.link}
        className="work-link"
        aria-current={current || undefined}
        linkRef={link}
      >
        <span className="work-text">
          <span className="work-title">
            {isEmergency(item) && <StatusTag tone="emergency" label={t('work.emergency')} />}
            {isUrgent(item) && <StatusTag tone="soon" label={t('work.urgent')} />}
            {[textOr('', `${item.module}.kind.${item.kind}`), item.title]
              .filter(Boolean)
              .join(' · ')}
          </span>
          <span className="lt-muted work-sub">
            {[item.subtitle, item.reason && codeText('reason', item.reason)]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </span>
        <Clock since={item.since} due={item.due} />
      </PathLink>
    </li>
  );
}
