import { BellOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Badge, Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { call, type Page } from '@/api/client';
import { t } from '@/i18n';
import { usePhone } from '@/kit/media';

const NoticesDrawer = lazy(() => import('./NoticesDrawer'));

export interface Notice {
  id: string;
  at: string;
  /** What it says: `referral.escalated` is the text `referral.notice.escalated`. */
  code: string;
  data: Record<string, unknown>;
  link: string;
  read_at?: string | null;
}

const NOTICES_KEY = ['notice'];

/** The person's alerts, newest first. */
export function useNotices() {
  return useInfiniteQuery({
    queryKey: NOTICES_KEY,
    queryFn: ({ pageParam }) =>
      call<Page<Notice>>('GET', '/api/notices', { query: { after: pageParam } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** Marks alerts as read and reads the list again. */
export function useReadNotices(): (ids: string[]) => Promise<void> {
  const queries = useQueryClient();
  return async (ids) => {
    if (ids.length === 0) return;
    await call('POST', '/api/notices/read', { body: { ids } });
    await queries.invalidateQueries({ queryKey: NOTICES_KEY });
  };
}

const UNREAD_SHOWN_MAX = 99;

export function NoticesBell() {
  const phone = usePhone();
  const [open, setOpen] = useState(false);
  const notices = useNotices();
  const unread = (notices.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((notice) => !notice.read_at).length;
  const label = unread > 0 ? t('app.top.notices-n', { n: unread }) : t('app.top.notices');
  return (
    <>
      <Badge
        // More may be unread on the pages not read yet: then it says so.
        count={notices.hasNextPage && unread > 0 ? unread + 1 : unread}
        overflowCount={notices.hasNextPage ? unread : UNREAD_SHOWN_MAX}
        size="small"
        offset={phone ? [-4, 10] : [-6, 6]}
      >
        <Button
          type="text"
          icon={<BellOutlined />}
          aria-label={label}
          title={label}
          onClick={() => setOpen(true)}
        />
      </Badge>
      <Suspense>{open && <NoticesDrawer onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
