/** How states, kinds and codes look and read. */
import { language, t, textOr } from '@/i18n';
import type { Step, StepStatus } from '@/kit/Stepper';
import type { Tone } from '@/kit/tokens';
import type { Concept } from './api';
import type { ActionName, Kind, Referral, RuleItem, Service, State } from './types';

const STATE_TONES: Record<State, Tone> = {
  draft: 'neutral',
  submitted: 'waiting',
  'in-review': 'active',
  escalated: 'overdue',
  accepted: 'active',
  arrived: 'active',
  admitted: 'active',
  seen: 'active',
  'results-returned': 'soon',
  'down-proposed': 'waiting',
  'community-accepted': 'active',
  'followed-up': 'done',
  asked: 'waiting',
  answered: 'soon',
  closed: 'done',
  rejected: 'overdue',
  withdrawn: 'neutral',
  expired: 'overdue',
  'no-show': 'overdue',
  deceased: 'neutral',
  'closed-elsewhere': 'neutral',
  'became-referral': 'done',
};

export function stateTone(state: State): Tone {
  return STATE_TONES[state] ?? 'neutral';
}

export function stateText(state: string): string {
  return textOr(state, `referral.state.${state}`);
}

export function kindText(kind: string): string {
  return textOr(kind, `referral.kind.${kind}`);
}

export function actionText(action: ActionName, kind?: Kind): string {
  return textOr(action, `referral.action.${kind}-${action}`, `referral.action.${action}`);
}

const ENDED = new Set<State>([
  'closed',
  'rejected',
  'withdrawn',
  'expired',
  'no-show',
  'deceased',
  'closed-elsewhere',
  'became-referral',
]);

export function isEnded(state: State): boolean {
  return ENDED.has(state);
}

/** A code's name in the reader's language. */
export function conceptText(concept: Pick<Concept, 'zh' | 'en'>): string {
  return language() === 'en' ? concept.en || concept.zh : concept.zh;
}

/** A rule's own text in the reader's language. */
export function ruleText(item: Pick<RuleItem, 'zh' | 'en'>): string {
  return language() === 'en' ? item.en : item.zh;
}

/** Whether an item of a rule concerns a patient with these diagnoses. */
export function concerns(item: RuleItem, codes: string[]): boolean {
  const prefixes = item.icd_prefixes ?? [];
  return (
    prefixes.length === 0 ||
    codes.some((code) => prefixes.some((prefix) => code.startsWith(prefix)))
  );
}

/** Completed years on a day; `null` without a birth date. */
export function ageYears(birth_date: string | null | undefined, now_ms: number): number | null {
  const [year, month, day] = (birth_date ?? '').split('-').map(Number);
  if (!year || !month || !day) return null;
  const today = new Date(now_ms);
  const had =
    today.getMonth() + 1 > month || (today.getMonth() + 1 === month && today.getDate() >= day);
  return today.getFullYear() - year - (had ? 0 : 1);
}

/** The service that fits a kind best, before the doctor says otherwise. */
export function defaultService(kind: Kind): Service {
  const fitting: Record<Kind, Service> = {
    up: 'outpatient',
    down: 'community',
    transfer: 'inpatient',
    exam: 'exam',
    emergency: 'emergency',
    advice: 'advice',
  };
  return fitting[kind];
}

/** The states a case of this kind goes through when nothing goes wrong. */
export function pathOf(
  referral: Pick<Referral, 'kind' | 'state' | 'encounter' | 'down_plan'>,
): State[] {
  switch (referral.kind) {
    case 'advice':
      return ['draft', 'asked', 'answered', 'closed'];
    case 'down':
      return ['draft', 'down-proposed', 'community-accepted', 'followed-up', 'closed'];
    case 'exam':
      return [
        'draft',
        'submitted',
        'in-review',
        'accepted',
        'arrived',
        'seen',
        'results-returned',
        'closed',
      ];
    default: {
      const treated: State =
        referral.encounter?.seen_at && !referral.encounter.admitted_at ? 'seen' : 'admitted';
      const path: State[] = [
        'submitted',
        'in-review',
        'accepted',
        'arrived',
        treated,
        'results-returned',
      ];
      const down: State[] =
        referral.down_plan || isDown(referral.state)
          ? ['down-proposed', 'community-accepted', 'followed-up']
          : [];
      return [...path, ...down, 'closed'];
    }
  }
}

function isDown(state: State): boolean {
  return state === 'down-proposed' || state === 'community-accepted' || state === 'followed-up';
}

/** Where an exit or a detour left the path. */
const DETOURS: Partial<Record<State, State>> = { escalated: 'in-review' };

/** The path as steps: what was, what is, what may follow, and an exit where the case left it. */
export function stepsOf(referral: Referral): Step[] {
  const path = pathOf(referral);
  const at: Partial<Record<State, string | null | undefined>> = {
    submitted: referral.submitted_at,
    asked: referral.submitted_at,
    accepted: referral.answered_at,
    arrived: referral.encounter?.arrived_at,
    admitted: referral.encounter?.admitted_at,
    seen: referral.encounter?.seen_at,
    'results-returned': referral.discharge?.returned_at,
    'down-proposed': referral.down_plan?.proposed_at,
    'community-accepted': referral.down_plan?.accepted_at,
    answered: referral.advice?.at,
    closed: referral.state === 'closed' ? referral.ended_at : null,
  };
  const current = DETOURS[referral.state] ?? referral.state;
  const place = path.indexOf(current);
  if (place < 0) return exitSteps(referral, path, at);
  return path.map((state, index) => ({
    key: state,
    label: state === current ? stateText(referral.state) : stateText(state),
    status: statusOf(index, place, referral.state),
    at: index <= place ? at[state] : null,
    hint: undefined,
  }));
}

function statusOf(index: number, place: number, state: State): StepStatus {
  if (index < place) return 'done';
  if (index > place) return 'todo';
  return isEnded(state) ? 'done' : 'current';
}

function exitSteps(
  referral: Referral,
  path: State[],
  at: Partial<Record<State, string | null | undefined>>,
): Step[] {
  const reached = path.filter((state) => at[state]);
  const steps = reached.map((state) => ({
    key: state,
    label: stateText(state),
    status: 'done' as const,
    at: at[state],
  }));
  const exit = {
    key: referral.state,
    label: stateText(referral.state),
    status: 'exit' as const,
    at: referral.ended_at,
  };
  return [...steps, exit];
}

/** Which action is the one to take now: the first that is open stands out. */
export const ACTION_ORDER: readonly ActionName[] = [
  'submit',
  'accept',
  'arrive',
  'admit',
  'see',
  'return-results',
  'accept-down',
  'answer',
  'propose-down',
  'become-referral',
  'record-follow-up',
  'close',
  'review',
  'edit',
  'reassign',
  'return-to-review',
  'recall-down',
  'close-elsewhere',
  'no-show',
  'reject',
  'decline-down',
  'withdraw',
  'record-death',
];

/** Actions that end something for somebody: they stand apart. */
export const APART: ReadonlySet<ActionName> = new Set([
  'reject',
  'decline-down',
  'withdraw',
  'no-show',
  'record-death',
  'close-elsewhere',
]);

/** Places as the resource search names them: a bed for a stay, a machine for an exam. */
export function placeKind(service: Service): 'bed' | 'slot' | 'equipment' | null {
  if (service === 'inpatient' || service === 'emergency') return 'bed';
  if (service === 'outpatient') return 'slot';
  return service === 'exam' ? 'equipment' : null;
}

/** `3.2 km`, `800 m`. */
export function distanceText(meters: number | null | undefined): string {
  // One's own house is no distance.
  if (!meters) return '';
  if (meters < 1000) return t('referral.unit.meters', { n: Math.round(meters / 10) * 10 });
  return t('referral.unit.kilometers', { n: (meters / 1000).toFixed(1) });
}
