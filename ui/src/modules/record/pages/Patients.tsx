import { UserAddOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { usePatients } from '../api';
import { FindElsewhere } from '../parts/FindElsewhere';
import { PatientMarks, PatientText } from '../parts/PatientText';
import type { PatientBrief } from '../types';
import { sexAge } from '../words';
import '../record.css';

const FILTERS = { q: text() };

/** Find a patient: among one's own first, then over the consortium. */
export default function Patients() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const pages = usePatients(filters.q);
  const can = useCan();
  const go = useGo();
  return (
    <Page
      wide
      title={t('record.title')}
      actions={
        can('record.register') && (
          <Button
            type="primary"
            icon={<UserAddOutlined />}
            onClick={() => go('/record/patients/new')}
          >
            {t('record.register.title')}
          </Button>
        )
      }
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[{ kind: 'search', name: 'q', label: t('record.search') }]}
        />
      }
    >
      <DataTable<PatientBrief>
        id="record.patients"
        label={t('record.title')}
        columns={columns()}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => go(`/record/patients/${row.id}`)}
        filtered={Boolean(filters.q)}
        onClearFilters={() => setFilters({ q: undefined })}
        phoneRow={(row) => <PatientText patient={row} />}
        tools={<span className="lt-muted">{t('record.own-hint')}</span>}
      />
      {can('record.search') && (
        <div className="record-elsewhere">
          <FindElsewhere />
        </div>
      )}
    </Page>
  );
}

function columns(): Column<PatientBrief>[] {
  return [
    {
      key: 'name',
      title: t('record.field.name'),
      width: 220,
      always: true,
      render: (row) => (
        <span className="lt-row">
          <PathLink to={`/record/patients/${row.id}`} className="record-open">
            <b>{row.name}</b>
          </PathLink>
          <PatientMarks patient={row} />
        </span>
      ),
    },
    {
      key: 'sex',
      title: t('record.field.sex-age'),
      width: 110,
      render: (row) => sexAge(row.sex, row.age_years, row.birth_date),
    },
    {
      key: 'birth',
      title: t('record.field.birth-date'),
      width: 120,
      render: (row) => row.birth_date ?? '—',
    },
    {
      key: 'identifier',
      title: t('record.field.identifier'),
      width: 200,
      render: (row) => <span className="lt-figures">{row.identifier ?? '—'}</span>,
    },
    {
      key: 'phone',
      title: t('record.field.phone'),
      width: 140,
      render: (row) => <span className="lt-figures">{row.phone ?? '—'}</span>,
    },
    {
      key: 'village',
      title: t('record.field.village'),
      width: 140,
      render: (row) => row.village ?? '—',
    },
  ];
}
