import { InboxOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, DatePicker, Input, Upload } from 'antd';
import type { Dayjs } from 'dayjs';
import { useId, useState } from 'react';
import { call, newKey } from '@/api/client';
import type { ApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { Field } from '../parts/Dialog';
import { BASE, systemName, useSystems } from '../queries';
import type { Version } from '../types';

/** A file becomes a draft, which is looked at before it comes into force. */
export default function ImportCatalogue() {
  const id = useId();
  const system = useRouteParam('system');
  const [file, setFile] = useState<File | null>(null);
  const [edition, setEdition] = useState('');
  const [note, setNote] = useState('');
  const [complete, setComplete] = useState(false);
  const [from, setFrom] = useState<Dayjs | null>(null);
  const queries = useQueryClient();
  const systems = useSystems();
  const go = useGo();
  const about = systems.data?.find((one) => one.system === system);
  const bring = useMutation<Version, ApiError, File>({
    mutationFn: (chosen) =>
      call<Version>('POST', `${BASE}/${system}/versions`, {
        query: {
          edition: edition.trim(),
          file_name: chosen.name,
          complete,
          effective_from: from?.format('YYYY-MM-DD'),
          note: note.trim(),
        },
        body: new Blob([chosen]),
        headers: { 'Content-Type': 'application/octet-stream', 'Idempotency-Key': newKey() },
      }),
    onSuccess: async (draft) => {
      await queries.invalidateQueries({ queryKey: ['code-system-version', system] });
      go(`/terminology/${system}/versions/${draft.number}`, { replace: true });
    },
  });
  return (
    <Page
      title={t('terminology.import-into', { name: about ? systemName(about) : system })}
      back={`/terminology/${system}`}
    >
      <Section title={t('terminology.file')}>
        <div className="lt-stack">
          <p className="lt-muted">{t('terminology.file-hint')}</p>
          <Upload.Dragger
            accept=".xlsx,.csv,.json,text/csv,application/json,application/fhir+json"
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              bring.reset();
              return false;
            }}
            onRemove={() => setFile(null)}
          >
            <p>
              <InboxOutlined aria-hidden="true" /> {t('terminology.drop')}
            </p>
          </Upload.Dragger>
          <Field id={`${id}edition`} label={t('terminology.edition')}>
            <Input
              id={`${id}edition`}
              maxLength={60}
              value={edition}
              onChange={(event) => setEdition(event.target.value)}
            />
          </Field>
          <Field id={`${id}from`} label={t('terminology.effective-from')}>
            <DatePicker
              id={`${id}from`}
              className="lt-full"
              value={from}
              onChange={setFrom}
              placeholder={t('terminology.at-once')}
            />
          </Field>
          <Field id={`${id}note`} label={t('terminology.note')}>
            <Input
              id={`${id}note`}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          </Field>
          <Checkbox checked={complete} onChange={(event) => setComplete(event.target.checked)}>
            {t('terminology.complete')}
          </Checkbox>
          <p className="lt-muted">{t('terminology.licence-hint')}</p>
          <FormErrors error={bring.error} />
          <div>
            <Button
              type="primary"
              disabled={!file || edition.trim() === ''}
              loading={bring.isPending}
              onClick={() => file && bring.mutate(file)}
            >
              {t('terminology.look')}
            </Button>
          </div>
        </div>
      </Section>
    </Page>
  );
}
