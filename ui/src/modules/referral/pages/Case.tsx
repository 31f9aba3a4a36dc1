import { Button, Tabs } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { usePhone } from '@/kit/media';
import { Page, Section } from '@/kit/Page';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { Stepper } from '@/kit/Stepper';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { fhirUrl, useReferral } from '../api';
import { ActionDialog } from '../dialogs/ActionDialog';
import { FORMS } from '../dialogs/forms';
import { CaseClock, StateTag } from '../parts/bits';
import { CaseActions } from '../parts/CaseActions';
import { HoldSection, PartiesSection } from '../parts/CaseSide';
import { ClinicalSheet } from '../parts/Clinical';
import { DischargeView, DownPlanView } from '../parts/Documents';
import { AdviceView, OutcomeView } from '../parts/Endings';
import { FilesSection } from '../parts/Files';
import { FollowUpList } from '../parts/FollowUpList';
import { PatientCardView } from '../parts/PatientCardView';
import { PrintCase } from '../parts/PrintCase';
import { Talk } from '../parts/Talk';
import type { ActionName, ReferralView } from '../types';
import { kindText, stepsOf } from '../words';
import '../referral.css';
import '../new.css';

const PLACE = { tab: text(), do: text(), say: text() };

/** One case: who it is about, what happened on both sides, what can be done now. */
export default function ReferralCase() {
  const id = useRouteParam('id');
  const referral = useReferral(id);
  if (referral.isPending) return <PageSkeleton />;
  if (!referral.data) {
    return <ErrorState page error={referral.error} onRetry={() => void referral.refetch()} />;
  }
  return <CaseView key={id} referral={referral.data} />;
}

function CaseView({ referral }: { referral: ReferralView }) {
  const [place, setPlace] = useUrlFilters(PLACE);
  const [action, setAction] = useState<ActionName | null>(null);
  // A link may lead straight to an action, such as from the preview beside the list.
  const asked = place.do as ActionName | undefined;
  useEffect(() => {
    if (!asked) return;
    setPlace({ do: undefined });
    const open = referral.actions.some((one) => one.action === asked && one.allowed);
    if (open && FORMS[asked]) setAction(asked);
    if (open && asked === 'record-follow-up') setPlace({ tab: 'follow-ups' });
  }, [asked, referral.actions, setPlace]);
  // Or bring words for the other side, such as another place that would suit.
  const [say, setSay] = useState<string>();
  useEffect(() => {
    if (!place.say) return;
    setSay(place.say);
    setPlace({ say: undefined, tab: undefined });
  }, [place.say, setPlace]);
  const phone = usePhone();
  const path = useRef<HTMLDivElement>(null);
  // On a phone the path is longer than the screen: where the case stands must be in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each state stands elsewhere
  useEffect(() => {
    const step = path.current?.querySelector<HTMLElement>('[aria-current="step"]');
    if (step && path.current) path.current.scrollLeft = step.offsetLeft - 80;
  }, [referral.state]);
  const tabs = tabsOf(referral, say);
  const tab = tabs.find((one) => one.key === place.tab)?.key ?? 'timeline';
  return (
    <Page
      wide
      back="/referral"
      title={`${kindText(referral.kind)} · ${referral.patient.name}`}
      meta={
        <>
          <StateTag state={referral.state} />
          <CaseClock
            state={referral.state}
            since={referral.submitted_at ?? referral.created_at}
            due={referral.due_at}
            ended={referral.ended_at}
            waitsFor={waitsFor(referral)}
          />
          <span className="lt-muted lt-figures">{referral.number}</span>
        </>
      }
      actions={
        <>
          <PrintCase referral={referral} />
          {!phone && referral.state !== 'draft' && (
            <Button href={fhirUrl(referral.id)} download={`${referral.number}.json`}>
              {t('referral.fhir')}
            </Button>
          )}
        </>
      }
    >
      <div className="referral-path" ref={path}>
        <Stepper steps={stepsOf(referral)} label={t('referral.path')} />
      </div>
      <div className="referral-case">
        <aside className="referral-left" aria-label={t('referral.field.patient')}>
          <Section>
            <PatientCardView referral={referral} />
          </Section>
        </aside>
        <div className="referral-centre" id="referral-centre">
          <OutcomeView referral={referral} />
          <AdviceView referral={referral} />
          <Section>
            <Tabs
              activeKey={tab}
              onChange={(key) => setPlace({ tab: key === 'timeline' ? undefined : key })}
              items={tabs}
            />
          </Section>
        </div>
        <aside className="referral-right" aria-label={t('referral.next')}>
          <CaseActions referral={referral} onAct={setAction} />
          <HoldSection referral={referral} />
          <PartiesSection referral={referral} />
          <FilesSection referral={referral} />
        </aside>
      </div>
      {action && (
        <ActionDialog
          key={action}
          referral={referral}
          action={action}
          onClose={() => setAction(null)}
        />
      )}
    </Page>
  );
}

function tabsOf(referral: ReferralView, say: string | undefined) {
  const tabs = [
    {
      key: 'timeline',
      label: t('referral.tab.timeline'),
      children: <Talk referral={referral} say={say} />,
    },
    {
      key: 'sheet',
      label: t('referral.tab.sheet'),
      children: <ClinicalSheet content={referral.content} />,
    },
  ];
  if (referral.discharge) {
    tabs.push({
      key: 'results',
      label: t('referral.tab.results'),
      children: <DischargeView referral={referral} />,
    });
  }
  if (referral.down_plan) {
    tabs.push({
      key: 'plan',
      label: t('referral.tab.plan'),
      children: <DownPlanView referral={referral} />,
    });
  }
  if (referral.follow_ups.length > 0) {
    const done = referral.follow_ups.filter((one) => one.state === 'done').length;
    tabs.push({
      key: 'follow-ups',
      label: `${t('referral.tab.follow-ups')} ${done}/${referral.follow_ups.length}`,
      children: <FollowUpList rows={referral.follow_ups} diagnoses={codesOf(referral)} />,
    });
  }
  return tabs;
}

function codesOf(referral: ReferralView): string[] {
  const plan = referral.down_plan?.plan.diagnoses ?? referral.content.diagnoses;
  return plan.map((one) => one.code);
}

/** Whose move it is, by name. */
function waitsFor(referral: ReferralView): string {
  switch (referral.state) {
    case 'results-returned':
    case 'answered':
      return referral.from.org_name;
    case 'down-proposed':
    case 'community-accepted':
    case 'followed-up':
      return (referral.community ?? referral.to).org_name;
    default:
      return referral.to.org_name;
  }
}
