import { DesktopOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Radio, Select } from 'antd';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { FormErrors, markFields } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import type { Tone } from '@/kit/tokens';
import { LEVELS, type Level, type WallMessage } from '../types';
import { useWall } from '../wall';
import '../wall.css';

const TONES: Record<Level, Tone> = { info: 'active', warning: 'soon', emergency: 'emergency' };
const TEXT_CHARS_MAX = 200;
const MINUTES = [30, 60, 240, 720, 1440, 4320];
const MINUTES_USUAL = 240;
const HOUR_MINUTES = 60;

/** The dispatcher's desk: messages for the wall, and the wall itself. */
export default function Desk() {
  const wall = useWall();
  const can = useCan();
  const go = useGo();
  const messages = wall.data?.messages ?? [];
  return (
    <Page
      title={t('dispatch.desk')}
      actions={
        <Button type="primary" icon={<DesktopOutlined />} onClick={() => go('/dispatch/wall')}>
          {t('dispatch.open-wall')}
        </Button>
      }
    >
      {can('dispatch.message') && (
        <Section title={t('dispatch.post')}>
          <PostForm />
        </Section>
      )}
      <Section title={t('dispatch.standing')}>
        {wall.isPending && <LinesSkeleton rows={4} />}
        {wall.isError && !wall.data && (
          <ErrorState error={wall.error} onRetry={() => void wall.refetch()} />
        )}
        {wall.data && messages.length === 0 && <EmptyState title={t('dispatch.no-messages')} />}
        <ul className="dispatch-messages">
          {messages.map((message) => (
            <MessageRow key={message.id} message={message} />
          ))}
        </ul>
      </Section>
    </Page>
  );
}

function PostForm() {
  const [form] = Form.useForm();
  const post = useCommand(
    (body: unknown, headers) => call<unknown>('POST', '/api/wall/messages', { body, headers }),
    {
      invalidates: [['wall']],
      onSuccess: () => {
        form.resetFields();
        toast.success(t('dispatch.posted'));
      },
    },
  );
  return (
    <Form
      form={form}
      layout="vertical"
      className="lt-form"
      initialValues={{ level: 'info', minutes: MINUTES_USUAL }}
      onFinish={(body) => post.mutate(body, { onError: (error) => markFields(form, error) })}
    >
      <FormErrors error={post.error} />
      <Form.Item name="level" label={t('dispatch.level.label')}>
        <Radio.Group
          optionType="button"
          options={LEVELS.map((value) => ({ value, label: t(`dispatch.level.${value}`) }))}
        />
      </Form.Item>
      <Form.Item
        name="text"
        className="dispatch-text"
        label={t('dispatch.text')}
        extra={t('dispatch.text-hint')}
        rules={[{ required: true, whitespace: true, message: t('kit.form.required') }]}
      >
        <Input.TextArea
          showCount
          maxLength={TEXT_CHARS_MAX}
          autoSize={{ minRows: 2, maxRows: 4 }}
        />
      </Form.Item>
      <Form.Item name="minutes" label={t('dispatch.shown-for')}>
        <Select
          className="dispatch-minutes"
          options={MINUTES.map((value) => ({
            value,
            label:
              value < HOUR_MINUTES
                ? t('kit.span.minutes', { n: value })
                : t('kit.span.hours', { n: value / HOUR_MINUTES }),
          }))}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={post.isPending}>
        {t('dispatch.post')}
      </Button>
    </Form>
  );
}

function MessageRow({ message }: { message: WallMessage }) {
  const can = useCan();
  const { org_id } = useSession().assignment;
  const queries = useQueryClient();
  const own = message.org_id === org_id && can('dispatch.message');
  async function withdraw() {
    await call('POST', `/api/wall/messages/${message.id}/withdraw`, {
      headers: ifMatch(message.version),
    });
    await queries.invalidateQueries({ queryKey: ['wall'] });
  }
  return (
    <li>
      <span>
        <StatusTag tone={TONES[message.level]} label={t(`dispatch.level.${message.level}`)} />{' '}
        {message.text}
        <span className="lt-muted dispatch-by">
          {message.sent_by} · <DateTime at={message.sent_at} /> · {t('dispatch.until')}{' '}
          <DateTime at={message.valid_until} />
        </span>
      </span>
      {own && (
        <ConfirmAction
          label={t('dispatch.withdraw')}
          title={t('dispatch.withdraw')}
          consequence={t('dispatch.withdraw-consequence')}
          onConfirm={withdraw}
          button={{ size: 'small' }}
        />
      )}
    </li>
  );
}
