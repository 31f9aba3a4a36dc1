/** Both sides' timeline, and the line to write on. */
import { SendOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { Timeline } from '@/kit/Timeline';
import { postMessage, useTimeline } from '../api';
import { timelineItems } from '../timeline';
import type { ReferralView } from '../types';

export interface TalkProps {
  referral: ReferralView;
  /** Words to begin a message with. */
  say?: string;
}

export function Talk({ referral, say }: TalkProps) {
  const timeline = useTimeline(referral.id);
  const may = referral.actions.some((one) => one.action === 'message' && one.allowed);
  // The newest first: what changed is what people look for.
  const items = timelineItems(timeline.data ?? [], referral).toReversed();
  const right = referral.kind === 'down' ? (referral.community ?? referral.to) : referral.to;
  return (
    <div className="lt-stack">
      {may && <Composer key={say} id={referral.id} say={say} />}
      {timeline.isPending && <LinesSkeleton rows={6} />}
      {timeline.isError && !timeline.data && (
        <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />
      )}
      {timeline.data && (
        <Timeline
          items={items}
          label={t('referral.tab.timeline')}
          sides={{ left: referral.from.org_name, right: right.org_name }}
        />
      )}
    </div>
  );
}

function Composer({ id, say = '' }: { id: string; say?: string }) {
  const [text, setText] = useState(say);
  const post = useCommand((words: string, headers) => postMessage(id, words, headers), {
    invalidates: [['referral', id, 'timeline']],
    onSuccess: () => setText(''),
  });
  function send() {
    if (text.trim() !== '') post.mutate(text.trim());
  }
  return (
    <div>
      <div className="referral-composer">
        <Input.TextArea
          aria-label={t('referral.message.label')}
          placeholder={t('referral.message.placeholder')}
          autoSize={{ minRows: 1, maxRows: 6 }}
          maxLength={2000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
          }}
        />
        <Button
          icon={<SendOutlined />}
          disabled={text.trim() === ''}
          loading={post.isPending}
          onClick={send}
        >
          {t('referral.message.send')}
        </Button>
      </div>
      <FormErrors error={post.error} />
    </div>
  );
}
