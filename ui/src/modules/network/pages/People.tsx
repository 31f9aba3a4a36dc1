import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { FilterBar } from '@/kit/FilterBar';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { choice, countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { options } from '../queries';
import { NetworkTabs } from './NetworkTabs';
import { PeopleTable } from './PeopleTable';
import '../network.css';

const STATES = ['active', 'left'] as const;
const FILTERS = { q: text(), state: choice(STATES), home_org_id: text(), site_org_id: text() };

/** Everybody employed or at work in the consortium. */
export default function People() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const orgName = useOrgName();
  const can = useCan();
  const go = useGo();
  const pick = (name: 'home_org_id' | 'site_org_id', label: string) => ({
    kind: 'other' as const,
    name,
    label,
    shown: filters[name] && orgName(filters[name]),
    control: (
      <OrgSelect
        className="network-pick"
        allowClear
        aria-label={label}
        placeholder={label}
        value={filters[name]}
        onChange={(value) => setFilters({ [name]: value })}
      />
    ),
  });
  return (
    <Page
      wide
      title={t('network.people.title')}
      actions={
        can('network.people') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go('/network/people/new')}>
            {t('network.people.new')}
          </Button>
        )
      }
      tools={
        <>
          <NetworkTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            fields={[
              { kind: 'search', name: 'q', label: t('network.people.q') },
              pick('home_org_id', t('network.people.home')),
              pick('site_org_id', t('network.people.site')),
              {
                kind: 'choice',
                name: 'state',
                label: t('network.field.state'),
                options: options('person-state', STATES),
              },
            ]}
          />
        </>
      }
    >
      <PeopleTable
        filters={filters}
        filtered={countFilters(FILTERS, filters) > 0}
        onClear={() =>
          setFilters({
            q: undefined,
            state: undefined,
            home_org_id: undefined,
            site_org_id: undefined,
          })
        }
      />
    </Page>
  );
}
