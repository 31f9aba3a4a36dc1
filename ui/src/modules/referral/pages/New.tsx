import { SendOutlined } from '@ant-design/icons';
import { Button, Form, Input, Segmented } from 'antd';
import { useEffect, useState } from 'react';
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { useHotkeys } from '@/kit/hotkeys';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { choice, text, useUrlFilters } from '@/kit/urlFilters';
import { DraftMark, useDraft } from '@/kit/useDraft';
import { useReferral } from '../api';
import { PlanFields } from '../dialogs/DownPlanFields';
import { TextField } from '../dialogs/fields';
import { emptyValues, type FormValues, type PatientPick, valuesOf } from '../newForm';
import { FileInput } from '../parts/Files';
import {
  AllergyFields,
  ConsentFields,
  DangerSigns,
  ProblemFields,
  RequestFields,
  VitalFields,
} from '../parts/NewFields';
import { FileChips, PatientBar } from '../parts/NewParts';
import { PatientFinder } from '../parts/PatientFinder';
import { LiveWarning, SuggestionPanel } from '../parts/Suggestion';
import { TargetFields } from '../parts/TargetFields';
import { usePatientBrief, useRecordSummary } from '../patients';
import {
  KINDS,
  type Kind,
  PRIORITIES,
  type Priority,
  type ReferralView,
  type Suggestion,
  type Target,
} from '../types';
import { usePreflight } from '../usePreflight';
import { useSend } from '../useSend';
import { defaultService, kindText } from '../words';
import '../referral.css';
import '../new.css';

const PLACE = { draft: text(), kind: choice(KINDS), patient: text() };

/** A new referral, or a draft to go on with. */
export default function NewReferral() {
  const [place] = useUrlFilters(PLACE);
  const draft = useReferral(place.draft);
  if (!place.draft) return <ReferralForm />;
  if (draft.isPending) return <PageSkeleton />;
  if (!draft.data) {
    return <ErrorState page error={draft.error} onRetry={() => void draft.refetch()} />;
  }
  return <ReferralForm draft={draft.data} />;
}

/** What each role writes most; the first is offered first. */
function kindsFor(role: string): Kind[] {
  if (role === 'village-doctor') return ['up', 'emergency', 'exam', 'advice'];
  if (role === 'attending-doctor') return ['transfer', 'down', 'exam', 'up', 'emergency', 'advice'];
  return ['up', 'emergency', 'transfer', 'exam', 'down', 'advice'];
}

function ReferralForm({ draft }: { draft?: ReferralView }) {
  const session = useSession();
  const [place] = useUrlFilters(PLACE);
  const go = useGo();
  const [form] = Form.useForm<FormValues>();
  const kept = useDraft<FormValues>(form, `referral.${draft?.id ?? 'new'}`);
  const [files, setFiles] = useState<File[]>([]);
  const kinds = kindsFor(session.assignment.role);
  const start = draft ? valuesOf(draft) : emptyValues(place.kind ?? kinds[0] ?? 'up');
  const watched = Form.useWatch([], { form, preserve: true }) as FormValues | undefined;
  const all = { ...start, ...watched };
  const answer = usePreflight(all);
  const known = useRecordSummary(all.patient_id);
  const send = useSend(draft && { id: draft.id, version: draft.version });

  // Somebody just registered comes back with the link.
  const brief = usePatientBrief(place.patient);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the patient is known
  useEffect(() => {
    if (brief.data) pick(brief.data);
  }, [brief.data]);

  // A link may say what is wanted, even where a draft was kept.
  useEffect(() => {
    if (place.kind && !draft) form.setFieldValue('kind', place.kind);
  }, [place.kind, draft, form]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each patient's record
  useEffect(() => {
    const record = known.data?.patient;
    if (!record) return;
    const now = form.getFieldValue(['content', 'allergies']) as string[] | undefined;
    if (now && now.length > 0) return;
    const live = record.allergies.filter((one) => !one.ended_at).map((one) => one.substance);
    form.setFieldValue(['content', 'allergies'], live);
    form.setFieldValue(
      ['content', 'no_known_allergies'],
      record.no_known_allergies && live.length === 0,
    );
  }, [known.data]);

  function change(patch: Partial<FormValues>) {
    form.setFieldsValue(patch as Parameters<typeof form.setFieldsValue>[0]);
    keep();
  }
  function keep() {
    kept.save(form.getFieldsValue(true) as FormValues);
  }
  function pick(patient: PatientPick | undefined) {
    change({ patient, patient_id: patient?.id });
  }
  function pickKind(kind: Kind) {
    change({ kind });
    form.setFieldValue(['content', 'service'], defaultService(kind));
    form.setFieldValue(['content', 'priority'], kind === 'emergency' ? 'emergency' : 'routine');
  }
  function pickTarget(target: Target) {
    const specialty = answer.data?.suggestion.specialty_code;
    if (specialty) form.setFieldValue(['content', 'specialty_code'], specialty);
    // Who takes the rules' target takes their urgency too, where it is greater than one's own.
    const asked = form.getFieldValue(['content', 'priority']) as Priority;
    const wiser = answer.data?.suggestion.priority ?? asked;
    if (PRIORITIES.indexOf(wiser) < PRIORITIES.indexOf(asked)) {
      form.setFieldValue(['content', 'priority'], wiser);
    }
    change({ to_org_id: target.org_id, to_org_name: target.name, to_department_id: undefined });
  }
  function takeKind(suggestion: Suggestion) {
    pickKind(suggestion.kind);
    form.setFieldValue(['content', 'priority'], suggestion.priority);
    keep();
  }
  async function submit() {
    try {
      await form.validateFields();
    } catch {
      document.querySelector('.ant-form-item-has-error')?.scrollIntoView({ block: 'center' });
      return;
    }
    const view = await send.submit(form.getFieldsValue(true) as FormValues, files);
    if (!view) return;
    kept.discard();
    toast.success(t('referral.form.sent', { number: view.number }));
    go(`/referral/${view.id}`, { replace: true });
  }
  async function saveDraft() {
    const view = await send.saveDraft(form.getFieldsValue(true) as FormValues, files);
    if (!view) return;
    kept.discard();
    toast.success(t('referral.form.draft-saved'));
    go('/referral?box=outbox&view=drafts');
  }
  useEffect(() => {
    if (send.error) markFields(form, send.error);
  }, [send.error, form]);
  useHotkeys({ 'mod+Enter': () => void submit() });

  const override = send.error?.code === 'referral.override-needed' || Boolean(all.override_reason);
  const live = answer.data?.live ?? null;
  return (
    <Page
      wide
      title={t(draft ? 'referral.form.title-draft' : 'referral.new')}
      back="/referral"
      meta={
        <DraftMark
          draft={kept}
          onDiscard={() => {
            kept.discard();
            form.resetFields();
            form.setFieldsValue(start as Parameters<typeof form.setFieldsValue>[0]);
          }}
        />
      }
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={start}
        onValuesChange={keep}
        scrollToFirstError={{ block: 'center', focus: true }}
        className="referral-new"
      >
        <div className="referral-new-main">
          <Form.Item name="kind" noStyle>
            <Segmented
              className="referral-kinds"
              options={kinds.map((value) => ({ value, label: kindText(value) }))}
              onChange={(kind) => pickKind(kind as Kind)}
            />
          </Form.Item>
          <Section title={t('referral.field.patient')}>
            {all.patient_id && all.patient ? (
              <PatientBar patient={all.patient} onChange={() => pick(undefined)} />
            ) : (
              <PatientFinder onPick={pick} />
            )}
            <LiveWarning answer={answer.data} />
          </Section>
          <Section title={t('referral.form.group-problem')}>
            <ProblemFields kind={all.kind} known={{ problems: openProblems(known.data) }} />
          </Section>
          <Section title={t('referral.field.vitals')}>
            <VitalFields />
            <DangerSigns />
            <AllergyFields />
          </Section>
          {all.kind === 'down' && (
            <Section title={t('referral.tab.plan')}>
              <PlanFields />
            </Section>
          )}
          <Section title={t('referral.form.group-request')}>
            <RequestFields kind={all.kind} />
            <div className="referral-inline-suggestion">{panel()}</div>
            <TargetFields
              kind={all.kind}
              own_org_id={session.assignment.org_id}
              sex={all.patient?.sex}
            />
            <TextField
              name={['content', 'precautions']}
              label={t('referral.field.precautions')}
              rows={1}
            />
          </Section>
          <Section title={t('referral.field.attachments')}>
            <FileChips files={files} onChange={setFiles} />
            <FileInput onFiles={(added) => setFiles([...files, ...added])} />
          </Section>
          <Section title={t('referral.field.consent')}>
            <ConsentFields kind={all.kind} />
          </Section>
          {override && (
            <Section title={t('referral.suggestion.override')}>
              <Form.Item
                name="override_reason"
                label={t('referral.suggestion.override-reason')}
                extra={t('referral.suggestion.override-hint')}
              >
                <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
              </Form.Item>
            </Section>
          )}
          <FormErrors error={send.error} labels={labels()} onGo={scrollToField(form)} />
          <div className="referral-send">
            <Button
              type="primary"
              size="large"
              icon={<SendOutlined />}
              loading={send.busy}
              disabled={!all.patient_id || live !== null}
              onClick={() => void submit()}
            >
              {t(all.kind === 'advice' ? 'referral.form.ask' : 'referral.action.submit')}
            </Button>
            <Button
              size="large"
              disabled={!all.patient_id || !all.to_org_id || send.busy}
              onClick={() => void saveDraft()}
            >
              {t('referral.form.save-draft')}
            </Button>
            <span className="lt-muted">{t('referral.form.keys')}</span>
          </div>
        </div>
        <aside className="referral-new-side" aria-label={t('referral.suggestion.title')}>
          <Section title={t('referral.suggestion.title')}>{panel()}</Section>
        </aside>
      </Form>
    </Page>
  );

  function panel() {
    return (
      <SuggestionPanel
        answer={answer.data}
        kind={all.kind}
        chosen_org_id={all.to_org_id}
        onTarget={pickTarget}
        onKind={takeKind}
      />
    );
  }
}

function openProblems(record: ReturnType<typeof useRecordSummary>['data']) {
  return (record?.patient.problems ?? []).filter((one) => !one.ended_at);
}

function labels(): Record<string, string> {
  const f = (name: string) => t(`referral.field.${name}`);
  return {
    patient_id: f('patient'),
    to_org_id: t('referral.form.to-org'),
    to_department_id: t('referral.form.department'),
    override_reason: t('referral.suggestion.override-reason'),
    'content.reason_code': f('reason'),
    'content.diagnoses': f('diagnoses'),
    'content.diagnoses.code': f('diagnoses'),
    'content.condition': f('condition'),
    'content.question': f('question'),
    'content.exam': f('exam'),
    'content.consent': f('consent'),
    'content.wanted_on': f('wanted-on'),
    'plan.stability': t('referral.down.stability'),
    file: f('attachments'),
  };
}
