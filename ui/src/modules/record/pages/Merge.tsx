import { useQuery } from '@tanstack/react-query';
import { callVersioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { listed } from '@/kit/words';
import { useOrgName } from '../api';
import { mergePath, undoMerge } from '../indexApi';
import { ownMovesText, referencesText } from '../pairs';
import type { PatientMerge } from '../types';
import { MergeTag } from './Merges';
import '../record.css';

/** A merge: who, why, what moved; and taking it back. */
export default function Merge() {
  const id = useRouteParam('id');
  const found = useQuery({
    queryKey: ['patient-merge', id],
    queryFn: ({ signal }) => callVersioned<PatientMerge>('GET', mergePath(id), { signal }),
    retry: false,
  });
  if (found.isPending) return <PageSkeleton />;
  if (!found.data) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <MergeView merge={found.data.body} version={found.data.version} />;
}

function MergeView({ merge, version }: { merge: PatientMerge; version: string }) {
  const orgName = useOrgName();
  const undo = useCommand(
    (body: { reason: string }, headers) => undoMerge(merge.id, version, body, headers),
    {
      invalidates: [['patient-merge'], ['match-review'], ['patient']],
      onSuccess: () => toast.success(t('record.merge.undone-done')),
    },
  );
  const { undone } = merge;
  return (
    <Page
      title={t('record.merge.one')}
      back="/record/index/merges"
      meta={<MergeTag merge={merge} />}
      actions={
        merge.state === 'done' && (
          <ConfirmAction
            label={t('record.merge.undo')}
            title={t('record.merge.undo-title')}
            consequence={t('record.merge.undo-consequence')}
            note="required"
            onConfirm={({ note }) => undo.mutateAsync({ reason: note ?? '' })}
          />
        )
      }
    >
      <Section>
        <Facts
          items={[
            { label: t('record.merge.at'), value: <DateTime at={merge.at} /> },
            { label: t('record.merge.by'), value: merge.merged.account_name },
            { label: t('record.merge.org'), value: orgName(merge.org_id) },
            { label: t('record.merge.kept'), value: <PatientLink id={merge.winner_id} /> },
            { label: t('record.merge.replaced'), value: <PatientLink id={merge.loser_id} /> },
            {
              label: t('record.index.one'),
              value: merge.review_id && (
                <PathLink to={`/record/index/${merge.review_id}`}>
                  {t('record.merge.pair')}
                </PathLink>
              ),
            },
            { label: t('record.index.reason'), value: merge.merged.reason, wide: true },
          ]}
        />
      </Section>
      <Section title={t('record.merge.moved')}>
        <Moved merge={merge} />
      </Section>
      {undone && (
        <Section title={t('record.merge.undone')}>
          <p className="record-plain">{undone.reason}</p>
          <span className="lt-muted">
            {undone.account_name} · <DateTime at={undone.at} />
          </span>
        </Section>
      )}
    </Page>
  );
}

/** The end of an id tells two records apart; names are shown only where there is a basis. */
const ID_SHOWN_CHARACTERS = 8;

function PatientLink({ id }: { id: string }) {
  const can = useCan();
  const short = <span className="lt-figures">…{id.slice(-ID_SHOWN_CHARACTERS)}</span>;
  return can('record.read') ? <PathLink to={`/record/patients/${id}`}>{short}</PathLink> : short;
}

function Moved({ merge }: { merge: PatientMerge }) {
  const moved = [...ownMovesText(merge.own), ...referencesText(merge.references)];
  return (
    <p className="record-plain">
      {moved.length > 0 ? listed(moved) : t('record.merge.moved-nothing')}
    </p>
  );
}
