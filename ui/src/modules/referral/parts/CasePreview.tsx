import { Button } from 'antd';
import { t } from '@/i18n';
import { useGo } from '@/kit/route';
import { SidePreview } from '@/kit/SidePreview';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { useReferral } from '../api';
import { ACTION_ORDER, actionText } from '../words';
import { CaseClock, StateTag } from './bits';
import { ClinicalSheet } from './Clinical';
import { PatientCardView } from './PatientCardView';

/** A look at a case beside its list. */
export function CasePreview({ id, onClose }: { id: string | null; onClose: () => void }) {
  const referral = useReferral(id ?? undefined);
  const go = useGo();
  const view = referral.data;
  const first = view && ACTION_ORDER.find((name) => isOpen(view.actions, name));
  return (
    <SidePreview
      open={id !== null}
      onClose={onClose}
      width={520}
      title={<span className="lt-figures">{view?.number ?? t('kit.loading')}</span>}
      extra={<Button onClick={() => go(`/referral/${id}`)}>{t('referral.open')}</Button>}
      footer={
        view &&
        first && (
          <Button type="primary" onClick={() => go(`/referral/${view.id}?do=${first}`)}>
            {actionText(first, view.kind)}
          </Button>
        )
      }
    >
      {referral.isPending && <LinesSkeleton rows={10} />}
      {referral.isError && !view && (
        <ErrorState error={referral.error} onRetry={() => void referral.refetch()} />
      )}
      {view && (
        <div className="lt-stack">
          <div className="lt-row">
            <StateTag state={view.state} />
            <CaseClock
              state={view.state}
              since={view.submitted_at ?? view.created_at}
              due={view.due_at}
              ended={view.ended_at}
            />
          </div>
          <PatientCardView referral={view} compact />
          <p className="referral-plain">
            {view.from.org_name} → {view.to.org_name}
            {view.to.department_name && ` · ${view.to.department_name}`}
          </p>
          <ClinicalSheet content={view.content} />
        </div>
      )}
    </SidePreview>
  );
}

function isOpen(actions: { action: string; allowed: boolean }[], name: string): boolean {
  return actions.some((one) => one.action === name && one.allowed);
}
