import { Alert, Button, Form, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { asApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors, forgive, markFields, scrollToField } from '@/kit/FormErrors';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { listed } from '@/kit/words';
import { useBrief, useOrgName, usePatient } from '../api';
import { mergePatients } from '../indexApi';
import { comparedRows, type Described, describedBrief, wouldMove } from '../pairs';
import { Compared } from '../parts/Compared';
import { PickPatient } from '../parts/PickPatient';
import type { Patient } from '../types';
import '../record.css';

const PLACE = { one: text(), two: text() };
type Side = 'one' | 'two';

/** Two records that somebody found to be of one person: chosen, set side by side, merged. */
export default function MergeTwo() {
  const [place, setPlace] = useUrlFilters(PLACE);
  const can = useCan();
  const one = useChosen(place.one);
  const two = useChosen(place.two);
  const same = one.known && one.known.id === two.known?.id;
  const pair = one.known && two.known && !same ? { one: one.known, two: two.known } : null;
  if (!can('record.read')) {
    return (
      <Page title={t('record.two.title')} back="/record/index/merges">
        <Alert type="info" showIcon title={t('record.two.not-here')} />
      </Page>
    );
  }
  const part = (side: Side, chosen: Chosen, other: Chosen) => (
    <Section title={t(`record.index.${side === 'one' ? 'first' : 'second'}`)}>
      <ChosenSide
        side={side}
        chosen={chosen}
        except={other.known?.id}
        onPick={(id) => setPlace({ [side]: id })}
      />
    </Section>
  );
  return (
    <Page wide title={t('record.two.title')} back="/record/index/merges">
      <div className="record-two">
        {part('one', one, two)}
        {part('two', two, one)}
      </div>
      {same && <Alert type="warning" showIcon title={t('record.two.same')} />}
      {pair && (
        <>
          <Section title={t('record.index.compare')}>
            <Comparison {...pair} />
          </Section>
          <MergeForm key={`${pair.one.id}${pair.two.id}`} {...pair} />
        </>
      )}
    </Page>
  );
}

/** A record as far as this person may see it. */
interface Known {
  id: string;
  described: Described;
  org_id?: string;
  /** The whole record, where there is a basis. */
  patient?: Patient;
}

interface Chosen {
  id: string | undefined;
  known?: Known;
  pending: boolean;
  error: unknown;
  retry: () => void;
}

/** The record where there is a basis, else what everybody who searches may see. */
function useChosen(id: string | undefined): Chosen {
  const record = usePatient(id ?? '', id !== undefined);
  const refused = record.isError && asApiError(record.error).code === 'record.no-basis';
  const brief = useBrief(id ?? '', id !== undefined && refused);
  const known: Known | undefined = record.data
    ? {
        id: record.data.patient.id,
        described: record.data.patient,
        org_id: record.data.patient.org_id,
        patient: record.data.patient,
      }
    : brief.data && { id: brief.data.id, described: describedBrief(brief.data) };
  return {
    id,
    known,
    pending: id !== undefined && !known && !(refused ? brief.isError : record.isError),
    error: refused ? brief.error : record.error,
    retry: () => void (refused ? brief.refetch() : record.refetch()),
  };
}

interface ChosenSideProps {
  side: Side;
  chosen: Chosen;
  except?: string;
  onPick: (id: string | undefined) => void;
}

function ChosenSide({ side, chosen, except, onPick }: ChosenSideProps) {
  const orgName = useOrgName();
  const { id, known } = chosen;
  if (!id) {
    return (
      <PickPatient
        label={t(side === 'one' ? 'record.two.pick-first' : 'record.two.pick-second')}
        except={except}
        onPick={onPick}
      />
    );
  }
  if (chosen.pending) return <LinesSkeleton rows={2} />;
  const again = (
    <Button size="small" onClick={() => onPick(undefined)}>
      {t('record.two.another')}
    </Button>
  );
  if (!known) {
    return (
      <>
        <ErrorState error={chosen.error} onRetry={chosen.retry} />
        {again}
      </>
    );
  }
  const { described, patient } = known;
  return (
    <div className="record-two-side">
      <span className="record-text">
        <span>
          {patient ? (
            <PathLink to={`/record/patients/${known.id}`}>
              <b>{described.name}</b>
            </PathLink>
          ) : (
            <b>{described.name}</b>
          )}{' '}
          {t(`record.sex.${described.sex}`)}
        </span>
        <span className="lt-muted">
          {[described.birth_date, orgName(known.org_id)].filter(Boolean).join(' · ')}
        </span>
        {!patient && <span className="lt-muted">{t('record.two.no-basis')}</span>}
      </span>
      {again}
    </div>
  );
}

interface PairProps {
  one: Known;
  two: Known;
}

function Comparison({ one, two }: PairProps) {
  const orgName = useOrgName();
  return (
    <Compared
      rows={comparedRows(one.described, two.described, [])}
      low={orgName(one.org_id)}
      high={orgName(two.org_id)}
    />
  );
}

interface MergeValues {
  keep_id: string;
  reason: string;
}

/** Which record stays and why; before it is done, what will move. */
function MergeForm(pair: PairProps) {
  const [form] = Form.useForm<MergeValues>();
  const [asked, setAsked] = useState<MergeValues | null>(null);
  const go = useGo();
  const merge = useCommand(
    ({ keep_id, reason }: MergeValues, headers) =>
      mergePatients({ winner_id: keep_id, loser_id: otherOf(pair, keep_id).id, reason }, headers),
    {
      invalidates: [['patient'], ['patient-merge'], ['match-review'], ['work']],
      onSuccess: (done) => {
        toast.success(t('record.two.done'));
        go(`/record/index/merges/${done.id}`, { replace: true });
      },
    },
  );
  const labels = {
    keep_id: t('record.index.keep'),
    winner_id: t('record.index.keeps'),
    loser_id: t('record.index.replaced'),
    reason: t('record.index.reason'),
  };
  const name = useSideName(pair);
  return (
    <Section title={t('record.two.merge')}>
      <Form
        form={form}
        layout="vertical"
        className="lt-form"
        onValuesChange={(changed) => forgive(form, changed)}
        onFinish={setAsked}
      >
        <FormErrors error={merge.error} labels={labels} onGo={scrollToField(form)} />
        <Form.Item
          name="keep_id"
          label={labels.keep_id}
          extra={t('record.index.keep-hint')}
          rules={[{ required: true, message: t('kit.form.required') }]}
        >
          <Radio.Group
            options={[pair.one.id, pair.two.id].map((value) => ({ value, label: name(value) }))}
          />
        </Form.Item>
        <Form.Item
          name="reason"
          label={labels.reason}
          extra={t('record.index.reason-hint')}
          rules={[{ required: true, whitespace: true, message: t('kit.form.required') }]}
        >
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
        </Form.Item>
        <Button type="primary" danger htmlType="submit" loading={merge.isPending}>
          {t('record.index.submit.same')}
        </Button>
      </Form>
      <Modal
        open={asked !== null}
        title={t('record.index.confirm-title')}
        okText={t('record.index.confirm')}
        cancelText={t('kit.action.cancel')}
        okButtonProps={{ danger: true, loading: merge.isPending }}
        onOk={() =>
          asked &&
          merge.mutate(asked, {
            onError: (error) => markFields(form, error),
            onSettled: () => setAsked(null),
          })
        }
        onCancel={() => setAsked(null)}
        destroyOnHidden
      >
        {asked && <Consequence pair={pair} keep_id={asked.keep_id} />}
      </Modal>
    </Section>
  );
}

function otherOf({ one, two }: PairProps, id: string): Known {
  return id === one.id ? two : one;
}

function useSideName({ one, two }: PairProps) {
  const orgName = useOrgName();
  return (id: string) => {
    const known = id === one.id ? one : two;
    const side = t(`record.index.${known === one ? 'first' : 'second'}`);
    return [side, known.described.name, orgName(known.org_id)].filter(Boolean).join(' · ');
  };
}

function Consequence({ pair, keep_id }: { pair: PairProps; keep_id: string }) {
  const name = useSideName(pair);
  const loser = otherOf(pair, keep_id);
  const moving = loser.patient ? wouldMove({ patient: loser.patient, sources: [] }) : [];
  return (
    <div className="lt-stack">
      <Facts
        items={[
          { label: t('record.index.keeps'), value: name(keep_id), wide: true },
          { label: t('record.index.replaced'), value: name(loser.id), wide: true },
          {
            label: t('record.index.moves'),
            wide: true,
            value: listed([...moving, t('record.two.moves-sources'), t('record.index.moves-rest')]),
          },
        ]}
      />
      <p className="record-plain">{t('record.index.undoable')}</p>
    </div>
  );
}
