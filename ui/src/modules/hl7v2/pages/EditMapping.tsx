import { Button, Input, Select } from 'antd';
import { useId, useMemo, useState } from 'react';
import { call, ifMatch, type Versioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { listed, withNote } from '@/kit/words';
import {
  codesTwice,
  type Draft,
  differences,
  draftOf,
  isHalfFilled,
  mappingOf,
  VISIT_CLASSES,
  zoneText,
} from '../mapping';
import { Differences, partText } from '../parts/Differences';
import { MappingCodes, MappingItems } from '../parts/MappingCodes';
import { MappingPaths } from '../parts/MappingPaths';
import { TryMessage } from '../parts/TryMessage';
import { useDefaultMapping, useMappings, useSender } from '../queries';
import type { Mapping, MappingVersion, Sender } from '../types';
import '../hl7v2.css';

const REASON_CHARACTERS_MIN = 4;
const HALF_HOUR = 30;
/** From twelve hours behind to fourteen hours ahead, by half hours. */
const ZONES = Array.from({ length: 53 }, (_, index) => (index - 24) * HALF_HOUR);

/** A new version of a sender's mapping, tried before it is put in force. */
export default function EditMapping() {
  const id = useRouteParam('id');
  const sender = useSender(id);
  const versions = useMappings(id);
  const usual = useDefaultMapping();
  const failed = [sender, versions, usual].find((one) => one.isError);
  if (failed) return <ErrorState page error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!sender.data || !versions.data || !usual.data) return <PageSkeleton />;
  const inForce = versions.data.items.find((one) => one.number === versions.data.in_force);
  if (!inForce) return <PageSkeleton />;
  return <Editor sender={sender.data} from={inForce} usual={usual.data} />;
}

interface EditorProps {
  sender: Versioned<Sender>;
  from: MappingVersion;
  usual: Mapping;
}

function Editor({ sender, from, usual }: EditorProps) {
  const id = useId();
  const go = useGo();
  // What was read first stays the ground to compare with, and its version guards the writing.
  const [seen] = useState({ version: sender.version, mapping: from.mapping, number: from.number });
  const [draft, setDraft] = useState<Draft>(() => draftOf(seen.mapping));
  const [note, setNote] = useState('');
  const mapping = useMemo(() => mappingOf(draft), [draft]);
  const set = (patch: Partial<Draft>) => setDraft({ ...draft, ...patch });
  const back = `/hl7v2/senders/${sender.body.id}`;
  const save = useCommand(
    (input: { note: string; mapping: Mapping }, headers) =>
      call<MappingVersion>('POST', `/api/hl7/senders/${sender.body.id}/mappings`, {
        body: input,
        headers: { ...headers, ...ifMatch(seen.version) },
      }),
    {
      invalidates: [['hl7-mapping'], ['hl7-sender']],
      onSuccess: () => {
        toast.success(t('hl7v2.mapping.saved'));
        go(back, { replace: true });
      },
    },
  );
  const twice = codesTwice(draft);
  const changed = differences(seen.mapping, mapping).length > 0;
  const blocked = isHalfFilled(draft)
    ? t('hl7v2.mapping.complete-rows')
    : twice.length > 0
      ? t('hl7v2.mapping.twice', { codes: listed(twice) })
      : changed
        ? undefined
        : t('hl7v2.mapping.nothing');
  const labels = Object.fromEntries(
    (save.error?.errors ?? []).map(({ path }) => [path, partText(path)]),
  );
  return (
    <Page title={t('hl7v2.mapping.edit-of', { name: sender.body.name })} back={back}>
      <Section title={t('hl7v2.mapping.general')}>
        <General draft={draft} onChange={set} />
      </Section>
      <Section title={t('hl7v2.mapping.paths')}>
        <p className="lt-muted">{t('hl7v2.mapping.paths-hint')}</p>
        <MappingPaths paths={draft.paths} usual={usual} onChange={(paths) => set({ paths })} />
      </Section>
      <Section title={t('hl7v2.mapping.codes')}>
        <p className="lt-muted">{t('hl7v2.mapping.codes-hint')}</p>
        <MappingCodes codes={draft.codes} usual={usual} onChange={(codes) => set({ codes })} />
      </Section>
      <Section title={t('hl7v2.mapping.items')}>
        <p className="lt-muted">{t('hl7v2.mapping.items-hint')}</p>
        <MappingItems items={draft.items} onChange={(items) => set({ items })} />
      </Section>
      <TryMessage senderId={sender.body.id} mapping={mapping} />
      <Section title={t('hl7v2.mapping.differences-from', { n: seen.number })}>
        <div className="lt-stack">
          <Differences before={seen.mapping} after={mapping} />
          <FormErrors error={save.error} labels={labels} />
          <div>
            <label htmlFor={`${id}note`}>{t('hl7v2.mapping.note')}</label>
            <Input
              id={`${id}note`}
              maxLength={500}
              value={note}
              placeholder={t('hl7v2.mapping.note-hint')}
              onChange={(event) => setNote(event.target.value)}
            />
          </div>
          <div className="lt-row">
            <Button
              type="primary"
              loading={save.isPending}
              disabled={blocked !== undefined || note.trim().length < REASON_CHARACTERS_MIN}
              onClick={() => save.mutate({ note: note.trim(), mapping })}
            >
              {t('hl7v2.mapping.save')}
            </Button>
            {blocked && <span className="lt-muted">{blocked}</span>}
          </div>
        </div>
      </Section>
    </Page>
  );
}

interface GeneralProps {
  draft: Draft;
  onChange: (patch: Partial<Draft>) => void;
}

function General({ draft, onChange }: GeneralProps) {
  const id = useId();
  const zones = [...new Set([...ZONES, draft.utc_offset_minutes])].sort((a, b) => a - b);
  return (
    <div className="lt-stack lt-form">
      <div>
        <label htmlFor={`${id}system`}>{t('hl7v2.mapping.system')}</label>
        <Input
          id={`${id}system`}
          maxLength={40}
          value={draft.system}
          onChange={(event) => onChange({ system: event.target.value })}
        />
        <div className="lt-muted">{t('hl7v2.mapping.system-hint')}</div>
      </div>
      <div>
        <label htmlFor={`${id}zone`}>{t('hl7v2.mapping.offset')}</label>
        <Select
          id={`${id}zone`}
          className="lt-full"
          value={draft.utc_offset_minutes}
          options={zones.map((value) => ({ value, label: zoneText(value) }))}
          onChange={(utc_offset_minutes) => onChange({ utc_offset_minutes })}
        />
        <div className="lt-muted">{t('hl7v2.mapping.offset-hint')}</div>
      </div>
      <div>
        <label htmlFor={`${id}class`}>{t('hl7v2.mapping.class')}</label>
        <Select
          id={`${id}class`}
          className="lt-full"
          value={draft.visit_class}
          options={VISIT_CLASSES.map((value) => ({
            value,
            label: withNote(value, t(`hl7v2.code.visit-class.${value}`)),
          }))}
          onChange={(visit_class) => onChange({ visit_class })}
        />
        <div className="lt-muted">{t('hl7v2.mapping.class-hint')}</div>
      </div>
    </div>
  );
}
