import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { Facts, Section } from '@/kit/Page';
import { toast } from '@/kit/toast';
import { listed } from '@/kit/words';
import { useOrgName } from '../api';
import { decideReview } from '../indexApi';
import { wouldMove } from '../pairs';
import type { MatchDecide, MatchReviewDetail } from '../types';

const VERDICTS = ['same', 'different', 'postpone'] as const;

/** One person, two, or not yet; a merge says first what stays and what moves. */
export function DecidePair({ detail }: { detail: MatchReviewDetail }) {
  const [form] = Form.useForm<MatchDecide>();
  const [asked, setAsked] = useState<MatchDecide | null>(null);
  const queries = useQueryClient();
  const verdict = Form.useWatch('verdict', form);
  const decide = useCommand((body: MatchDecide, headers) => decideReview(detail, body, headers), {
    invalidates: [['match-review'], ['patient-merge'], ['patient'], ['work']],
    onSuccess: () => {
      form.resetFields();
      toast.success(t('record.index.saved'));
    },
  });
  function send(body: MatchDecide) {
    decide.mutate(body, {
      onError: (error) => {
        markFields(form, error);
        // Somebody was faster: show what stands now, and keep what was typed.
        if (error.stale) void queries.invalidateQueries({ queryKey: ['match-review'] });
      },
      onSettled: () => setAsked(null),
    });
  }
  return (
    <Section title={t('record.index.decide')}>
      <Form
        form={form}
        layout="vertical"
        className="lt-form"
        onFinish={(body) => (body.verdict === 'same' ? setAsked(body) : send(body))}
      >
        <FormErrors
          error={decide.error}
          labels={{ reason: t('record.index.reason'), keep_id: t('record.index.keep') }}
          onGo={scrollToField(form)}
        />
        <Form.Item
          name="verdict"
          label={t('record.index.verdict')}
          rules={[{ required: true, message: t('kit.form.required') }]}
          extra={verdict && verdict !== 'same' && t(`record.index.verdict-hint.${verdict}`)}
        >
          <Radio.Group
            options={VERDICTS.filter((one) => detail.actions.includes(one)).map((value) => ({
              value,
              label: t(`record.index.verdict-word.${value}`),
            }))}
          />
        </Form.Item>
        {verdict === 'same' && <Keep detail={detail} />}
        <Form.Item
          name="reason"
          label={t('record.index.reason')}
          extra={t('record.index.reason-hint')}
          rules={[{ required: true, whitespace: true, message: t('kit.form.required') }]}
        >
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
        </Form.Item>
        <Button
          type="primary"
          htmlType="submit"
          danger={verdict === 'same'}
          loading={decide.isPending}
        >
          {verdict ? t(`record.index.submit.${verdict}`) : t('record.index.decide')}
        </Button>
      </Form>
      <Modal
        open={asked !== null}
        title={t('record.index.confirm-title')}
        okText={t('record.index.confirm')}
        cancelText={t('kit.action.cancel')}
        okButtonProps={{ danger: true, loading: decide.isPending }}
        onOk={() => asked && send(asked)}
        onCancel={() => setAsked(null)}
        destroyOnHidden
      >
        {asked && <Consequence detail={detail} keep_id={asked.keep_id} />}
      </Modal>
    </Section>
  );
}

function useSideName() {
  const orgName = useOrgName();
  return (detail: MatchReviewDetail, low: boolean) => {
    const { patient } = low ? detail.low_side : detail.high_side;
    const org = orgName(patient.org_id);
    const words = [t(`record.index.${low ? 'first' : 'second'}`), patient.name, org];
    return words.filter(Boolean).join(' · ');
  };
}

function Keep({ detail }: { detail: MatchReviewDetail }) {
  const name = useSideName();
  const { low_id, high_id } = detail.review;
  return (
    <Form.Item
      name="keep_id"
      label={t('record.index.keep')}
      extra={t('record.index.keep-hint')}
      rules={[{ required: true, message: t('kit.form.required') }]}
    >
      <Radio.Group
        options={[
          { value: low_id, label: name(detail, true) },
          { value: high_id, label: name(detail, false) },
        ]}
      />
    </Form.Item>
  );
}

/** What the merge does: which record stays, which goes into it, what moves. */
function Consequence({ detail, keep_id }: { detail: MatchReviewDetail; keep_id?: string | null }) {
  const name = useSideName();
  const keepsLow = keep_id === detail.review.low_id;
  const moving = wouldMove(keepsLow ? detail.high_side : detail.low_side);
  return (
    <div className="lt-stack">
      <Facts
        items={[
          { label: t('record.index.keeps'), value: name(detail, keepsLow), wide: true },
          { label: t('record.index.replaced'), value: name(detail, !keepsLow), wide: true },
          {
            label: t('record.index.moves'),
            wide: true,
            value: (
              <span className="record-text">
                {moving.length > 0 && <span>{listed(moving)}</span>}
                <span>{t('record.index.moves-rest')}</span>
              </span>
            ),
          },
        ]}
      />
      <p className="record-plain">{t('record.index.undoable')}</p>
    </div>
  );
}
