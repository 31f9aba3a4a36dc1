import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { call, callVersioned, type Page as Rows } from '@/api/client';
import { orgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { usePages } from '@/kit/usePages';
import { act, word } from '../queries';
import { useReach } from '../reach';
import type { BondView } from '../types';
import { EvidenceLinks } from './EvidenceLinks';
import { LastDay } from './fields';

/** Bonds with their dates and the files that prove them. */
export function BondTable({ filters }: { filters: { kind?: string; org_id?: string } }) {
  const reaches = useReach('network.manage');
  const go = useGo();
  const pages = usePages<BondView>(['bond', 'list', filters], (after, signal) =>
    call<Rows<BondView>>('GET', '/api/bonds', { query: { ...filters, after }, signal }),
  );
  const [last, setLast] = useState<Dayjs | null>(null);
  async function end(bond: BondView, reason: string | undefined) {
    const seen = await callVersioned<BondView>('GET', `/api/bonds/${bond.id}`);
    const body = { reason, ends_on: last?.format('YYYY-MM-DD') };
    await act(`/api/bonds/${bond.id}/end`, seen.version, body);
    toast.success(t('network.bonds.ended'));
    await pages.refetch();
  }
  const actionsOf = (bond: BondView) =>
    (reaches(bond.from_org_id) || reaches(bond.to_org_id)) &&
    bond.state === 'active' && (
      <span className="network-row-actions">
        <Button
          type="text"
          size="small"
          aria-label={`${t('network.edit')} ${bond.title}`}
          onClick={() => go(`/network/bonds/${bond.id}/edit`)}
        >
          {t('network.edit')}
        </Button>
        <ConfirmAction
          label={t('network.bonds.end')}
          title={t('network.bonds.end')}
          consequence={t('network.bonds.end-consequence')}
          note="required"
          button={{ size: 'small', type: 'text', danger: false }}
          onConfirm={({ note }) => end(bond, note)}
        >
          <LastDay onChange={setLast} />
        </ConfirmAction>
      </span>
    );
  return (
    <Section
      title={t('network.bonds.title')}
      extra={
        filters.org_id &&
        reaches(filters.org_id) && (
          <Button
            size="small"
            icon={<PlusOutlined />}
            onClick={() => go(`/network/bonds/new?from=${filters.org_id}`)}
          >
            {t('network.bonds.new')}
          </Button>
        )
      }
    >
      <DataTable<BondView>
        id="network.bonds"
        label={t('network.bonds.title')}
        pages={pages}
        rowKey={(bond) => bond.id}
        quiet
        plain
        empty={<EmptyState title={t('network.bonds.none')} />}
        phoneRow={(bond) => (
          <>
            <span className="lt-row">
              <strong>{bond.title}</strong>
              <BondTag state={bond.state} />
            </span>
            <div className="lt-muted">
              {word('bond', bond.kind)} · {orgName(bond.from)} → {orgName(bond.to)}
            </div>
            <div className="lt-muted lt-figures">
              {bond.starts_on} – {bond.ends_on}
            </div>
            {bond.evidence.length > 0 && <EvidenceLinks files={bond.evidence} />}
            {actionsOf(bond)}
          </>
        )}
        columns={[
          {
            key: 'kind',
            title: t('network.bonds.kind'),
            width: 110,
            render: (bond) => word('bond', bond.kind),
          },
          {
            key: 'title',
            title: t('network.bonds.name'),
            width: 180,
            render: (bond) => bond.title,
          },
          {
            key: 'from',
            title: t('network.graph.from'),
            width: 130,
            render: (bond) => (
              <PathLink to={`/network/organizations/${bond.from.id}`}>
                {orgName(bond.from)}
              </PathLink>
            ),
          },
          {
            key: 'to',
            title: t('network.graph.to'),
            width: 130,
            render: (bond) => (
              <PathLink to={`/network/organizations/${bond.to.id}`}>{orgName(bond.to)}</PathLink>
            ),
          },
          {
            key: 'dates',
            title: t('network.field.dates'),
            width: 190,
            render: (bond) => `${bond.starts_on} – ${bond.ends_on ?? ''}`,
          },
          {
            key: 'state',
            title: t('network.field.state'),
            width: 90,
            render: (bond) => <BondTag state={bond.state} />,
          },
          {
            key: 'evidence',
            title: t('network.evidence.title'),
            width: 110,
            render: (bond) => <EvidenceLinks files={bond.evidence} />,
          },
          {
            key: 'actions',
            title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
            width: 150,
            align: 'right',
            fixed: 'right',
            render: actionsOf,
          },
        ]}
      />
    </Section>
  );
}

function BondTag({ state }: { state: BondView['state'] }) {
  return (
    <StatusTag
      tone={state === 'active' ? 'done' : 'neutral'}
      label={t(`network.bond-state.${state}`)}
    />
  );
}
