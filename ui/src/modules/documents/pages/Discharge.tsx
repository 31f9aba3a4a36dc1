/** A discharge summary: choose the stay, look over what is known of it, preview, issue. */
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import '../documents.css';
import { contentOf, type Values, valuesOf } from '../content';
import { Preview } from '../parts/Preview';
import { issueSummary, previewSummary, useDraft, useStays } from '../queries';
import type { ClinicalDocument, DischargeContent, Stay } from '../types';

export default function Discharge() {
  const patient_id = useRouteParam('patient');
  const stays = useStays(patient_id);
  const [chosen, setChosen] = useState<string>();
  if (stays.isPending) return <PageSkeleton />;
  if (!stays.data) {
    return <ErrorState page error={stays.error} onRetry={() => void stays.refetch()} />;
  }
  const all = stays.data;
  const stay = all.find((one) => one.id === chosen) ?? (all.length === 1 ? all[0] : undefined);
  return (
    <Page
      title={t('documents.discharge.title')}
      back={`/record/patients/${patient_id}?tab=documents`}
    >
      {all.length === 0 ? (
        <EmptyState
          title={t('documents.discharge.no-stay')}
          hint={t('documents.discharge.no-stay-hint')}
        />
      ) : (
        <Section title={t('documents.discharge.stay')}>
          <Select
            aria-label={t('documents.discharge.stay')}
            style={{ width: '100%' }}
            value={stay?.id}
            placeholder={t('documents.discharge.choose')}
            onChange={setChosen}
            options={all.map((one) => ({ value: one.id, label: stayText(one) }))}
          />
        </Section>
      )}
      {stay && <Summary key={stay.id} patient_id={patient_id} stay={stay} />}
    </Page>
  );
}

function stayText(stay: Stay): string {
  const days = [stay.start, stay.end].filter(Boolean).join(' – ');
  const kind = t(`documents.source.${stay.source}`);
  return [kind, stay.number, days, stay.place].filter(Boolean).join(' · ');
}

function Summary({ patient_id, stay }: { patient_id: string; stay: Stay }) {
  const draft = useDraft(patient_id, stay);
  if (draft.isPending) return <PageSkeleton />;
  if (!draft.data) {
    return <ErrorState error={draft.error} onRetry={() => void draft.refetch()} />;
  }
  return <SummaryForm draft={draft.data} />;
}

function SummaryForm({ draft }: { draft: DischargeContent }) {
  const go = useGo();
  const [form] = Form.useForm<Values>();
  const [shown, setShown] = useState<ClinicalDocument>();
  const back = `/record/patients/${draft.patient_id}?tab=documents`;
  const preview = useCommand((content: DischargeContent) => previewSummary(content), {
    onSuccess: setShown,
  });
  const issue = useCommand((content: DischargeContent, headers) => issueSummary(content, headers), {
    invalidates: [['record-chart']],
    onSuccess: () => {
      toast.success(t('documents.discharge.issued'));
      go(back);
    },
  });
  const send = (command: typeof preview | typeof issue) =>
    command.mutate(contentOf(draft, form.getFieldsValue()) as never);
  const labels = Object.fromEntries(
    ['diagnoses', 'course', 'advice', 'discharged_on', 'results'].map((name) => [
      name,
      t(`documents.field.${name}`),
    ]),
  );
  return (
    <>
      <Section title={t('documents.discharge.content')}>
        <p className="lt-muted">{t('documents.discharge.hint')}</p>
        <Form form={form} layout="vertical" initialValues={valuesOf(draft)}>
          <StayFields />
          <Lines name="diagnoses" parts={['display', 'code']} />
          <Words name="course" required />
          <Lines name="results" parts={['name', 'value', 'at']} />
          <Words name="findings" />
          <Words name="medications" />
          <Words name="condition" />
          <Words name="advice" required />
        </Form>
        <FormErrors error={issue.error ?? preview.error} labels={labels} />
        <Button loading={preview.isPending} onClick={() => send(preview)}>
          {t('documents.discharge.preview')}
        </Button>
      </Section>
      {shown && (
        <Section
          title={t('documents.discharge.preview')}
          extra={
            <Button type="primary" loading={issue.isPending} onClick={() => send(issue)}>
              {t('documents.discharge.issue')}
            </Button>
          }
        >
          <p className="lt-muted">{t('documents.discharge.issue-hint')}</p>
          <Preview document={shown} />
        </Section>
      )}
    </>
  );
}

function StayFields() {
  return (
    <>
      <Form.Item name="number" label={t('documents.field.number')}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="admitted_on" label={t('documents.field.admitted_on')}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="discharged_on" label={t('documents.field.discharged_on')} required>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="place" label={t('documents.field.place')}>
        <Input maxLength={100} />
      </Form.Item>
    </>
  );
}

function Words({ name, required }: { name: string; required?: boolean }) {
  return (
    <Form.Item name={name} label={t(`documents.field.${name}`)} required={required}>
      <Input.TextArea autoSize={{ minRows: 2, maxRows: 12 }} maxLength={20_000} />
    </Form.Item>
  );
}

/** Lines of cells, such as diagnoses with their codes. */
function Lines({ name, parts }: { name: string; parts: string[] }) {
  return (
    <fieldset className="documents-lines">
      <legend>{t(`documents.field.${name}`)}</legend>
      <Form.List name={name}>
        {(lines, { add, remove }) => (
          <>
            {lines.map((line) => (
              <div key={line.key} className="documents-line">
                {parts.map((part) => (
                  <Form.Item key={part} name={[line.name, part]} noStyle>
                    <Input
                      maxLength={500}
                      aria-label={t(`documents.part.${part}`)}
                      placeholder={t(`documents.part.${part}`)}
                    />
                  </Form.Item>
                ))}
                <Button onClick={() => remove(line.name)}>{t('documents.discharge.remove')}</Button>
              </div>
            ))}
            <Button onClick={() => add({})}>{t('documents.discharge.add')}</Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}
