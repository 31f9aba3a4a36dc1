import { DatePicker, Form, Input, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { t } from '@/i18n';
import { options } from '../queries';
import type { Practitioner } from '../types';
import { LICENCE_KINDS } from '../types';
import { RowsDialog } from './RowsDialog';

type Licence = Practitioner['licences'][number];
type Row = Omit<Licence, 'issued_on' | 'expires_on'> & {
  issued?: Dayjs | null;
  expires?: Dayjs | null;
};

interface EditLicencesProps {
  person: Practitioner;
  version: string;
  onDone: () => void;
}

/** What somebody may do, by which paper, until when. */
export function EditLicences({ person, version, onDone }: EditLicencesProps) {
  const required = [{ required: true, message: t('kit.form.required') }];
  const day = (text: string | null | undefined) => (text ? dayjs(text) : null);
  return (
    <RowsDialog<Row>
      title={t('network.people.edit-licences')}
      path={`/api/practitioners/${person.id}/licences`}
      version={version}
      name="licences"
      onDone={onDone}
      rows={person.licences.map((licence) => ({
        ...licence,
        issued: day(licence.issued_on),
        expires: day(licence.expires_on),
      }))}
      empty={{}}
      toInput={({ issued, expires, id, kind, number, scope }) => ({
        id,
        kind,
        number,
        scope: scope || undefined,
        issued_on: issued?.format('YYYY-MM-DD'),
        expires_on: expires?.format('YYYY-MM-DD'),
      })}
      fields={(index) => (
        <>
          <Form.Item
            name={[index, 'kind']}
            label={t('network.people.licence-kind')}
            rules={required}
          >
            <Select options={options('licence', LICENCE_KINDS)} />
          </Form.Item>
          <Form.Item
            name={[index, 'number']}
            label={t('network.people.licence-number')}
            rules={required}
          >
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name={[index, 'scope']} label={t('network.people.licence-scope')}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name={[index, 'issued']} label={t('network.people.issued')}>
            <DatePicker />
          </Form.Item>
          <Form.Item name={[index, 'expires']} label={t('network.people.expires')}>
            <DatePicker />
          </Form.Item>
        </>
      )}
    />
  );
}
