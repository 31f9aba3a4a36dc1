import { useMutation } from '@tanstack/react-query';
import { Alert, Button, DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import type { ApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { DraftMark, useDraft } from '@/kit/useDraft';
import { ruleTitle } from '../queries';
import { linesOf } from '../ruleDiff';
import { fieldText, namesOf, pathText } from '../ruleWords';
import type { FieldChange, RulePreview, RuleSetView } from '../types';
import { useRuleSet } from './RuleSet';
import '../admin.css';

interface Values {
  body: string;
  effective_from: Dayjs;
  source: string;
}

/** A version to add: values, checked before they are stored; from which day; where they come from. */
export default function NewRuleVersion() {
  const code = useRouteParam('code');
  const set = useRuleSet(code);
  if (set.isPending) return <PageSkeleton />;
  if (set.isError) {
    return <ErrorState page error={set.error} onRetry={() => void set.refetch()} />;
  }
  return <Editor set={set.data} />;
}

function Editor({ set }: { set: RuleSetView }) {
  const [form] = Form.useForm<Values>();
  const draft = useDraft(form as never, `admin.rule.${set.code}`);
  const go = useGo();
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const newest = set.versions[0];
  const path = `/api/${set.security ? 'security-rules' : 'rule-sets'}/${set.code}/versions`;
  const check = useMutation<RulePreview, ApiError, unknown>({
    mutationFn: (body) =>
      call<RulePreview>('POST', `/api/rule-sets/${set.code}/preview`, { body: { body } }),
  });
  const add = useCommand((input: object, headers) => call('POST', path, { body: input, headers }), {
    invalidates: [['rule-set']],
    onSuccess: () => {
      draft.discard();
      toast.success(t('admin.rules.added'));
      go(`/admin/rules/${set.code}`);
    },
  });
  function parsed(text: string): unknown {
    try {
      setUnreadable(null);
      return JSON.parse(text);
    } catch (thrown) {
      setUnreadable((thrown as Error).message);
      return undefined;
    }
  }
  function submit(values: Values) {
    const body = parsed(values.body);
    if (body === undefined) return;
    const input = {
      after: set.newest,
      effective_from: values.effective_from.format('YYYY-MM-DD'),
      source: values.source,
      body,
    };
    add.mutate(input, { onError: (error) => markFields(form, error) });
  }
  const required = { required: true, message: t('kit.form.required') };
  if (!newest) return null;
  return (
    <Page
      wide
      title={t('admin.rules.add-to', { name: ruleTitle(newest) })}
      back={`/admin/rules/${set.code}`}
      meta={<DraftMark draft={draft} onDiscard={draft.discard} />}
    >
      <Section>
        <FormErrors
          error={add.error}
          labels={{
            body: t('admin.rules.values'),
            source: t('admin.rules.source'),
            effective_from: t('admin.rules.effective'),
          }}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="admin-rule-form"
          initialValues={{
            body: linesOf(newest.body).join('\n'),
            effective_from: dayjs(),
            source: '',
          }}
          onValuesChange={(_, all) => draft.save({ body: all.body, source: all.source } as never)}
          onFinish={submit}
        >
          <Form.Item
            name="body"
            label={t('admin.rules.values')}
            extra={t('admin.rules.values-hint')}
            rules={[required]}
            help={unreadable ? t('admin.rules.unreadable', { why: unreadable }) : undefined}
            validateStatus={unreadable ? 'error' : undefined}
          >
            <Input.TextArea
              rows={20}
              className="admin-json"
              spellCheck={false}
              onChange={() => check.reset()}
            />
          </Form.Item>
          <FieldNames body={newest.body} />
          <Form.Item>
            <Button
              loading={check.isPending}
              onClick={() => {
                const body = parsed(form.getFieldValue('body'));
                if (body !== undefined) check.mutate(body);
              }}
            >
              {t('admin.rules.check')}
            </Button>
          </Form.Item>
          <FormErrors error={check.error} />
          {check.data && <Preview preview={check.data} />}
          <Form.Item
            name="effective_from"
            label={t('admin.rules.effective')}
            extra={t('admin.rules.effective-hint')}
            rules={[required]}
          >
            <DatePicker minDate={dayjs()} />
          </Form.Item>
          <Form.Item
            name="source"
            label={t('admin.rules.source')}
            extra={t('admin.rules.source-hint')}
            rules={[required]}
          >
            <Input maxLength={300} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={add.isPending}>
            {t('admin.rules.add')}
          </Button>
        </Form>
      </Section>
    </Page>
  );
}

/** What the names in the text mean, beside the text. */
function FieldNames({ body }: { body: unknown }) {
  const names = namesOf(body);
  if (names.length === 0) return null;
  return (
    <details className="admin-names">
      <summary>{t('admin.rules.fields')}</summary>
      <dl>
        {names.map((name) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{fieldText(name)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** What the server says of the draft: readable or not, and what would change. */
function Preview({ preview }: { preview: RulePreview }) {
  if (!preview.valid) {
    return (
      <Alert
        type="error"
        showIcon
        className="admin-note"
        title={t('admin.rules.invalid')}
        description={[preview.detail, ...preview.fields].filter(Boolean).join(' · ')}
      />
    );
  }
  return (
    <Alert
      type={preview.changes.length > 0 ? 'success' : 'info'}
      showIcon
      className="admin-note"
      title={t('admin.rules.valid', { n: preview.changes.length })}
      description={<Changes changes={preview.changes} />}
    />
  );
}

function Changes({ changes }: { changes: FieldChange[] }) {
  const text = (value: unknown) => (value === undefined ? '—' : JSON.stringify(value));
  return (
    <ul className="admin-changes">
      {changes.map((change) => (
        <li key={change.path}>
          <span title={change.path}>{pathText(change.path)}</span> <del>{text(change.before)}</del>{' '}
          → <ins>{text(change.after)}</ins>
        </li>
      ))}
    </ul>
  );
}
