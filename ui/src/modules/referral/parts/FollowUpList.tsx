/** Follow-ups of one case: what was found, and the form for the next one. */
import { Button } from 'antd';
import { useState } from 'react';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type Fact, Facts } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import type { Tone } from '@/kit/tokens';
import { useOptions } from '../api';
import { FollowUpDialog } from '../dialogs/FollowUpDialog';
import type { FollowUp, FollowUpRecord, FormItem } from '../types';
import { ruleText } from '../words';

const TONES: Record<FollowUp['state'], Tone> = {
  waiting: 'waiting',
  done: 'done',
  missed: 'overdue',
  cancelled: 'neutral',
};

export function FollowUpTag({ row }: { row: FollowUp }) {
  const late = row.overdue && row.state === 'waiting';
  return (
    <StatusTag
      tone={late ? 'overdue' : TONES[row.state]}
      label={t(`referral.follow-up.state.${late ? 'late' : row.state}`)}
    />
  );
}

export function FollowUpList({ rows, diagnoses }: { rows: FollowUp[]; diagnoses: string[] }) {
  const may = useCan()('referral.follow-up');
  const [open, setOpen] = useState<FollowUp | null>(null);
  return (
    <ol className="referral-follow-ups">
      {rows.map((row) => (
        <li key={row.id}>
          <div className="lt-row">
            <b>{t('referral.follow-up.day', { n: row.day })}</b>
            <span className="lt-figures">{row.due_on}</span>
            <FollowUpTag row={row} />
            {row.by_name && <span className="lt-muted">{row.by_name}</span>}
            {may && row.state === 'waiting' && (
              <Button size="small" onClick={() => setOpen(row)}>
                {t('referral.action.record-follow-up')}
              </Button>
            )}
          </div>
          {row.record && <RecordView record={row.record} />}
        </li>
      ))}
      {open && (
        <FollowUpDialog follow_up={open} diagnoses={diagnoses} onClose={() => setOpen(null)} />
      )}
    </ol>
  );
}

function RecordView({ record }: { record: FollowUpRecord }) {
  const options = useOptions();
  const items = options.data?.follow_up_form ?? [];
  const facts: Fact[] = [
    { label: t('referral.follow-up.way'), value: t(`referral.follow-up.ways.${record.way}`) },
    { label: t('referral.follow-up.done-on'), value: record.done_on },
  ];
  for (const [code, answer] of Object.entries(record.form ?? {})) {
    const item = items.find((one) => one.code === code);
    facts.push({ label: item ? ruleText(item) : code, value: answerText(item, answer) });
  }
  const yes = (value: boolean) => t(value ? 'kit.yes' : 'kit.no');
  if (typeof record.takes_drugs === 'boolean') {
    facts.push({ label: t('referral.follow-up.takes-drugs'), value: yes(record.takes_drugs) });
  }
  if (typeof record.readmitted === 'boolean') {
    facts.push({ label: t('referral.follow-up.readmitted'), value: yes(record.readmitted) });
  }
  if (record.progress) {
    facts.push({ label: t('referral.follow-up.progress'), value: record.progress, wide: true });
  }
  return <Facts items={facts} />;
}

function answerText(item: FormItem | undefined, answer: string): string {
  if (item?.kind === 'yes-no') return t(answer === 'yes' ? 'kit.yes' : 'kit.no');
  return item?.unit ? `${answer} ${item.unit}` : answer;
}
