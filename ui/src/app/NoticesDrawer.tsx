import { BellOutlined } from '@ant-design/icons';
import { Button, Drawer } from 'antd';
import { type ComponentType, lazy, Suspense } from 'react';
import { codeText, type TextParams, t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import type { UiNoticeProps } from '@/kit/module';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { modules } from './modules';
import { type Notice, useNotices, useReadNotices } from './Notices';
import './notices.css';

/** What modules show below their alerts, by code. */
const PARTS = new Map<string, ComponentType<UiNoticeProps>>(
  modules.flatMap((module) =>
    Object.entries(module.notices ?? {}).map(([code, load]) => [code, lazy(load)] as const),
  ),
);

/** My alerts, at the side. */
export default function NoticesDrawer({ onClose }: { onClose: () => void }) {
  const notices = useNotices();
  const read = useReadNotices();
  const go = useGo();
  const items = (notices.data?.pages ?? []).flatMap((page) => page.items);
  const unread = items.filter((notice) => !notice.read_at).map((notice) => notice.id);
  function mark(ids: string[]) {
    read(ids).catch((thrown: unknown) => toast.error(thrown));
  }
  function open(notice: Notice) {
    if (!notice.read_at) mark([notice.id]);
    if (notice.link) {
      go(notice.link);
      onClose();
    }
  }
  function done(notice: Notice) {
    if (!notice.read_at) mark([notice.id]);
    onClose();
  }
  return (
    <Drawer
      open
      onClose={onClose}
      size={400}
      title={t('app.notices.title')}
      extra={
        unread.length > 0 && (
          <Button type="link" onClick={() => mark(unread)}>
            {t('app.notices.read-all')}
          </Button>
        )
      }
    >
      {notices.isPending && <LinesSkeleton />}
      {notices.isError && (
        <ErrorState error={notices.error} onRetry={() => void notices.refetch()} />
      )}
      {notices.isSuccess && items.length === 0 && (
        <EmptyState
          icon={<BellOutlined />}
          title={t('app.notices.empty')}
          hint={t('app.notices.empty-hint')}
        />
      )}
      <ul className="app-notices">
        {items.map((notice) => (
          <li key={notice.id}>
            <button
              type="button"
              className="app-notice"
              data-unread={!notice.read_at}
              onClick={() => open(notice)}
            >
              <span className="app-notice-title">
                {!notice.read_at && (
                  <span className="lt-visually-hidden">{t('app.notices.unread')}</span>
                )}
                {codeText('notice', notice.code, notice.data as TextParams)}
              </span>
              <span className="lt-muted">
                <DateTime at={notice.at} show="relative" />
              </span>
            </button>
            <Part notice={notice} onDone={() => done(notice)} />
          </li>
        ))}
      </ul>
      {notices.hasNextPage && (
        <Button
          block
          loading={notices.isFetchingNextPage}
          onClick={() => void notices.fetchNextPage()}
        >
          {t('app.notices.more')}
        </Button>
      )}
    </Drawer>
  );
}

interface PartProps {
  notice: Notice;
  onDone: () => void;
}

/** What can be done about an alert, where its module has something to offer. */
function Part({ notice, onDone }: PartProps) {
  const Shown = PARTS.get(notice.code);
  if (!Shown) return null;
  return (
    <div className="app-notice-part">
      <Suspense fallback={<LinesSkeleton rows={2} />}>
        <Shown data={notice.data} onDone={onDone} />
      </Suspense>
    </div>
  );
}
