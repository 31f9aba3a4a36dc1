import { DatePicker, Form, InputNumber, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { t, textOr } from '@/i18n';
import { OrgSelect } from '@/kit/OrgSelect';
import { options } from '../queries';
import type { Practitioner } from '../types';
import { SITE_KINDS, SITE_ROLES } from '../types';
import { RowsDialog } from './RowsDialog';

type Site = Practitioner['sites'][number];
type Row = Omit<Site, 'starts_on' | 'ends_on'> & { dates: [Dayjs, Dayjs | null] };

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
  return (
    <RowsDialog<Row>
      title={t('network.people.edit-sites')}
      path={`/api/practitioners/${person.id}/sites`}
      version={version}
      name="sites"
      onDone={onDone}
      rows={person.sites.map((site) => ({
        ...site,
        dates: [dayjs(site.starts_on), site.ends_on ? dayjs(site.ends_on) : null],
      }))}
      empty={{ kind: 'secondment', dates: [dayjs(), null] }}
      toInput={({ dates, ...site }) => ({
        ...site,
        starts_on: dates[0].format('YYYY-MM-DD'),
        ends_on: dates[1]?.format('YYYY-MM-DD'),
      })}
      fields={(index) => (
        <>
          <Form.Item name={[index, 'org_id']} label={t('network.field.org')} rules={required}>
            <OrgSelect />
          </Form.Item>
          <Form.Item name={[index, 'kind']} label={t('network.people.site-kind')} rules={required}>
            <Select options={options('site', SITE_KINDS)} />
          </Form.Item>
          <Form.Item name={[index, 'role']} label={t('network.people.role')} rules={required}>
            <Select showSearch={{ optionFilterProp: 'label' }} options={roles} />
          </Form.Item>
          <Form.Item name={[index, 'days_per_week']} label={t('network.people.days')}>
            <InputNumber min={1} max={7} />
          </Form.Item>
          <Form.Item
            className="network-wide"
            name={[index, 'dates']}
            label={t('network.field.dates')}
            rules={required}
          >
            <DatePicker.RangePicker allowEmpty={[false, true]} className="lt-full" />
          </Form.Item>
        </>
      )}
    />
  );
}
