import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCan } from '@/api/session';
import { t, textOr } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { listed } from '@/kit/words';
import { useOrgName } from '../api';
import { useSources } from '../indexApi';
import type { FieldProvenance, PatientMerge, SourceRecord } from '../types';

const OWN_SYSTEM = 'lianti';

/** What members hold about a patient, which of it stands, and what was merged into the record. */
export function Sources({ id }: { id: string }) {
  const found = useSources(id);
  const can = useCan();
  const go = useGo();
  if (found.isPending) return <LinesSkeleton rows={6} />;
  if (!found.data) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { sources, provenance, merges } = found.data;
  return (
    <>
      <Section
        title={t('record.source.title')}
        extra={
          can('record.register') && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => go('/record/sources/new')}>
              {t('record.source-new.title')}
            </Button>
          )
        }
      >
        <SourceTable label={t('record.source.title')} sources={sources} />
      </Section>
      <Section title={t('record.source.stands')}>
        <ProvenanceTable rows={provenance} />
      </Section>
      <Section title={t('record.merge.into')}>
        <MergesInto merges={merges} />
      </Section>
    </>
  );
}

/** Registrations as members hold them. */
export function SourceTable({ label, sources }: { label: string; sources: SourceRecord[] }) {
  const orgName = useOrgName();
  const columns: Column<SourceRecord>[] = [
    {
      key: 'org',
      title: t('record.source.org'),
      width: 160,
      render: (row) => orgName(row.org_id) || '—',
    },
    {
      key: 'system',
      title: t('record.source.system'),
      width: 120,
      render: (row) => systemText(row.system),
    },
    {
      key: 'says',
      title: t('record.source.says'),
      width: 320,
      render: (row) => (
        <span className="lt-row">
          {saysText(row)}
          {row.demographics.card_verified && (
            <StatusTag plain tone="done" label={t('record.source.card')} />
          )}
        </span>
      ),
    },
    {
      key: 'changed',
      title: t('record.source.changed'),
      width: 150,
      render: (row) => <DateTime at={row.changed_at} />,
    },
  ];
  return (
    <DataTable<SourceRecord>
      plain
      quiet
      id="record.sources"
      label={label}
      columns={columns}
      rows={sources}
      rowKey={(row) => row.id}
      empty={<EmptyState title={t('record.source.none')} />}
    />
  );
}

function systemText(system: string): string {
  return system === OWN_SYSTEM ? t('record.source.own') : system;
}

function saysText({ demographics: told }: SourceRecord): string {
  const parts = [
    told.name,
    told.sex && t(`record.sex.${told.sex}`),
    told.birth_date,
    ...told.identifiers.map((one) => one.value),
    told.phone,
    told.village,
    told.address,
  ];
  return listed(parts.filter((one): one is string => Boolean(one))) || '—';
}

function ProvenanceTable({ rows }: { rows: FieldProvenance[] }) {
  const orgName = useOrgName();
  const columns: Column<FieldProvenance>[] = [
    {
      key: 'field',
      title: t('record.index.field-label'),
      width: 140,
      render: (row) => fieldText(row.field),
    },
    {
      key: 'from',
      title: t('record.source.value-from'),
      width: 240,
      render: (row) => listed([orgName(row.org_id), systemText(row.system)].filter(Boolean)),
    },
    {
      key: 'by',
      title: t('record.source.by-label'),
      width: 180,
      render: (row) => textOr(row.by, `record.source.by.${row.by}`),
    },
    {
      key: 'changed',
      title: t('record.source.changed'),
      width: 150,
      render: (row) => <DateTime at={row.changed_at} />,
    },
  ];
  return (
    <DataTable<FieldProvenance>
      plain
      quiet
      id="record.provenance"
      label={t('record.source.stands')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.field}
      empty={<EmptyState title={t('record.source.stands-none')} />}
    />
  );
}

function fieldText(field: string): string {
  const word = field.replaceAll('_', '-');
  return textOr(field, `record.field.${word}`, `record.index.field.${word}`);
}

function MergesInto({ merges }: { merges: PatientMerge[] }) {
  const may = useCan()('record.index');
  if (merges.length === 0) return <p className="record-plain">{t('record.merge.into-none')}</p>;
  return (
    <ul className="record-list">
      {merges.map((merge) => (
        <li key={merge.id}>
          <span className="record-text">
            <span>
              <DateTime at={merge.at} /> · {merge.merged.account_name}
            </span>
            <span className="lt-muted">{merge.merged.reason}</span>
          </span>
          {may && (
            <PathLink to={`/record/index/merges/${merge.id}`}>{t('record.merge.see')}</PathLink>
          )}
        </li>
      ))}
    </ul>
  );
}
