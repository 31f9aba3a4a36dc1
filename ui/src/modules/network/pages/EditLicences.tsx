import { Form, Input, Select } from 'antd';
import { t } from '@/i18n';
import { options } from '../queries';
import type { Practitioner } from '../types';
import { LICENCE_KINDS } from '../types';
import { DateItem } from './fields';
import { RowsDialog } from './RowsDialog';

type Licence = Practitioner['licences'][number];
interface EditLicencesProps {
  person: Practitioner;
  version: string;
  onDone: () => void;
}

/** What somebody may do, by which paper, until when. */
export function EditLicences({ person, version, onDone }: EditLicencesProps) {
  const required = [{ required: true, message: t('kit.form.required') }];
  const labels = {
    kind: t('network.people.licence-kind'),
    number: t('network.people.licence-number'),
    scope: t('network.people.licence-scope'),
    issued_on: t('network.people.issued'),
    expires_on: t('network.people.expires'),
  };
  return (
    <RowsDialog<Licence>
      title={t('network.people.edit-licences')}
      path={`/api/practitioners/${person.id}/licences`}
      version={version}
      name="licences"
      labels={labels}
      onDone={onDone}
      rows={person.licences}
      empty={{}}
      toInput={({ id, kind, number, scope, issued_on, expires_on }) => ({
        id,
        kind,
        number,
        scope: scope || undefined,
        issued_on: issued_on ?? undefined,
        expires_on: expires_on ?? undefined,
      })}
      fields={(index) => (
        <>
          <Form.Item name={[index, 'kind']} label={labels.kind} rules={required}>
            <Select options={options('licence', LICENCE_KINDS)} />
          </Form.Item>
          <Form.Item name={[index, 'number']} label={labels.number} rules={required}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name={[index, 'scope']} label={labels.scope}>
            <Input maxLength={100} />
          </Form.Item>
          <DateItem name={[index, 'issued_on']} label={labels.issued_on} past />
          <DateItem name={[index, 'expires_on']} label={labels.expires_on} />
        </>
      )}
    />
  );
}
