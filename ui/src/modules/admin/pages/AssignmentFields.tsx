import { DatePicker, Form, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { WHOLE_INSTALLATION } from '@/api/organizations';
import { t } from '@/i18n';
import { OrgSelect } from '@/kit/OrgSelect';
import { useMatrix, useRoleName } from '../queries';
import type { NewAssignment } from '../types';

export interface AssignmentValues {
  role: string;
  org_id?: string;
  dates?: [Dayjs | null, Dayjs | null];
}

/** Role, place and dates, under `prefix` of a form. */
export function AssignmentFields({ prefix = [] }: { prefix?: string[] }) {
  const matrix = useMatrix();
  const nameOf = useRoleName();
  const required = { required: true, message: t('kit.form.required') };
  const options = matrix.data?.matrix.roles.map((role) => ({
    value: role.code,
    label: nameOf(role.code),
  }));
  return (
    <>
      <Form.Item name={[...prefix, 'role']} label={t('admin.accounts.role')} rules={[required]}>
        <Select
          options={options}
          loading={matrix.isPending}
          showSearch={{ optionFilterProp: 'label' }}
        />
      </Form.Item>
      <Form.Item name={[...prefix, 'org_id']} label={t('admin.accounts.org')} rules={[required]}>
        <OrgSelect />
      </Form.Item>
      <Form.Item
        name={[...prefix, 'dates']}
        label={t('admin.assignment.dates')}
        extra={t('admin.assignment.dates-hint')}
      >
        <DatePicker.RangePicker allowEmpty={[true, true]} className="lt-full" />
      </Form.Item>
    </>
  );
}

export function assignmentOf(values: AssignmentValues): NewAssignment {
  return {
    role: values.role,
    org_id: values.org_id ?? WHOLE_INSTALLATION,
    valid_from: values.dates?.[0]?.format('YYYY-MM-DD'),
    valid_to: values.dates?.[1]?.format('YYYY-MM-DD'),
  };
}
