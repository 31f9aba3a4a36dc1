import { Form, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { serverNow } from '@/api/serverTime';
import { t, textOr } from '@/i18n';
import { givenValues } from '@/kit/merge';
import { OrgSelect } from '@/kit/OrgSelect';
import { options } from '../queries';
import type { Practitioner } from '../types';
import { SITE_KINDS, SITE_ROLES } from '../types';
import { DateItem } from './fields';
import { RowsDialog } from './RowsDialog';

type Site = Practitioner['sites'][number];

interface EditSitesProps {
  person: Practitioner;
  version: string;
  onDone: () => void;
}

/** Where and as what somebody works; employer, status and pay stay. */
export function EditSites({ person, version, onDone }: EditSitesProps) {
  // What a roster called a role in its own words stays to be chosen.
  const codes = new Set([...SITE_ROLES, ...person.sites.map((site) => site.role)]);
  const roles = [...codes].map((value) => ({
    value,
    label: textOr(value, `network.role.${value}`),
  }));
  const required = [{ required: true, message: t('kit.form.required') }];
  const labels = {
    org_id: t('network.field.org'),
    kind: t('network.people.site-kind'),
    role: t('network.people.role'),
    days_per_week: t('network.people.days'),
    starts_on: t('network.field.from'),
    ends_on: t('network.field.until'),
  };
  return (
    <RowsDialog<Site>
      title={t('network.people.edit-sites')}
      path={`/api/practitioners/${person.id}/sites`}
      version={version}
      name="sites"
      labels={labels}
      onDone={onDone}
      rows={person.sites}
      empty={{ kind: 'secondment', starts_on: dayjs(serverNow()).format('YYYY-MM-DD') }}
      toInput={(site) => givenValues(site)}
      fields={(index) => (
        <>
          <Form.Item name={[index, 'org_id']} label={labels.org_id} rules={required}>
            <OrgSelect />
          </Form.Item>
          <Form.Item name={[index, 'kind']} label={labels.kind} rules={required}>
            <Select options={options('site', SITE_KINDS)} />
          </Form.Item>
          <Form.Item name={[index, 'role']} label={labels.role} rules={required}>
            <Select showSearch={{ optionFilterProp: 'label' }} options={roles} />
          </Form.Item>
          <Form.Item name={[index, 'days_per_week']} label={labels.days_per_week}>
            <InputNumber min={1} max={7} />
          </Form.Item>
          <DateItem name={[index, 'starts_on']} label={labels.starts_on} required />
          <DateItem name={[index, 'ends_on']} label={labels.ends_on} />
        </>
      )}
    />
  );
}
