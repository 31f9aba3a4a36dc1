import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { call, callVersioned, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { SidePreview } from '@/kit/SidePreview';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { rowsOf, usePages } from '@/kit/usePages';
import { act, usePerson, word } from '../queries';
import type { Decision } from '../types';
import { NetworkTabs } from './NetworkTabs';
import '../network.css';

const FILTERS = { decision: text() };

/** Decisions of government level: the only thing that moves what is otherwise unchanged. */
export default function Decisions() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const can = useCan();
  const go = useGo();
  const pages = usePages<Decision>(['decision', 'list'], (after, signal) =>
    call<Rows<Decision>>('GET', '/api/decisions', { query: { after }, signal }),
  );
  const shown = rowsOf(pages).find((one) => one.id === filters.decision);
  return (
    <Page
      wide
      title={t('network.decisions.title')}
      actions={
        can('network.decide') && (
          <Button
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => go('/network/decisions/new')}
          >
            {t('network.decisions.new')}
          </Button>
        )
      }
      tools={<NetworkTabs />}
    >
      <DataTable<Decision>
        id="network.decisions"
        label={t('network.decisions.title')}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => setFilters({ decision: row.id })}
        empty={
          <EmptyState title={t('network.decisions.none')} hint={t('network.decisions.none-hint')} />
        }
        columns={[
          {
            key: 'number',
            title: t('network.decisions.number'),
            width: 180,
            always: true,
            render: (row) => row.number,
          },
          {
            key: 'title',
            title: t('network.decisions.name'),
            width: 280,
            always: true,
            render: (row) => row.title,
          },
          {
            key: 'issuer',
            title: t('network.decisions.issuer'),
            width: 170,
            render: (row) => row.issuer,
          },
          {
            key: 'level',
            title: t('network.decisions.level'),
            width: 90,
            render: (row) => word('decision-level', row.level),
          },
          {
            key: 'day',
            title: t('network.decisions.day'),
            width: 110,
            render: (row) => row.decided_on,
          },
          {
            key: 'uses',
            title: t('network.decisions.uses'),
            width: 90,
            align: 'right',
            render: (row) => row.uses.length,
          },
          {
            key: 'state',
            title: t('network.field.state'),
            width: 100,
            render: (row) => <DecisionTag decision={row} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <strong>{row.title}</strong>
            <div className="lt-muted">
              {row.number} · {row.decided_on}
            </div>
          </>
        )}
      />
      <SidePreview
        open={Boolean(shown)}
        onClose={() => setFilters({ decision: undefined })}
        title={shown?.number}
      >
        {shown && <Detail decision={shown} onDone={() => void pages.refetch()} />}
      </SidePreview>
    </Page>
  );
}

function DecisionTag({ decision }: { decision: Decision }) {
  return (
    <StatusTag
      tone={decision.state === 'in-force' ? 'done' : 'neutral'}
      label={t(`network.decision-state.${decision.state}`)}
    />
  );
}

function Detail({ decision, onDone }: { decision: Decision; onDone: () => void }) {
  const can = useCan();
  const orgName = useOrgName();
  async function withdraw(reason: string | undefined) {
    const seen = await callVersioned<Decision>('GET', `/api/decisions/${decision.id}`);
    await act(`/api/decisions/${decision.id}/withdraw`, seen.version, { reason });
    toast.success(t('network.decisions.withdrawn'));
    onDone();
  }
  return (
    <div className="lt-stack">
      <strong>{decision.title}</strong>
      <DecisionTag decision={decision} />
      <Facts
        items={[
          { label: t('network.decisions.issuer'), value: decision.issuer },
          {
            label: t('network.decisions.level'),
            value: word('decision-level', decision.level),
          },
          { label: t('network.decisions.day'), value: decision.decided_on },
          { label: t('network.decisions.by'), value: orgName(decision.recorded_by_org_id) },
          { label: t('network.decisions.why-withdrawn'), value: decision.withdraw_reason },
        ]}
      />
      <div>
        <div className="lt-muted">{t('network.decisions.covers')}</div>
        <ul className="network-list">
          {decision.items.map((item) => (
            <li key={`${item.kind}${item.id}`}>
              {item.kind === 'organization' ? (
                <PathLink to={`/network/organizations/${item.id}`}>{orgName(item.id)}</PathLink>
              ) : (
                <PersonLink id={item.id} />
              )}
              {' · '}
              {item.fields
                .map((field) => {
                  const used = decision.uses.some(
                    (use) => use.id === item.id && use.field === field,
                  );
                  const name = t(`network.guarded.${field}`);
                  return used ? t('network.decisions.done', { name }) : name;
                })
                .join(t('network.comma'))}
            </li>
          ))}
        </ul>
      </div>
      {decision.uses.length > 0 && (
        <div>
          <div className="lt-muted">{t('network.decisions.carried-out')}</div>
          <ul className="network-list">
            {decision.uses.map((use) => (
              <li key={`${use.id}${use.field}`}>
                {t(`network.guarded.${use.field}`)} · <DateTime at={use.at} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {can('network.decide') && decision.state === 'in-force' && (
        <div>
          <ConfirmAction
            label={t('network.decisions.withdraw')}
            title={t('network.decisions.withdraw')}
            consequence={t('network.decisions.withdraw-consequence')}
            note="required"
            onConfirm={({ note }) => withdraw(note)}
          />
        </div>
      )}
    </div>
  );
}

function PersonLink({ id }: { id: string }) {
  const person = usePerson(id);
  return (
    <PathLink to={`/network/people/${id}`}>{person.data?.body.name ?? `…${id.slice(-6)}`}</PathLink>
  );
}
