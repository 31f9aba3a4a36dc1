import { DownloadOutlined, SafetyCertificateOutlined } from '@ant-design/icons';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t, textOr } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { FormErrors } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { ErrorState } from '@/kit/States';
import type { AuditHead, Finding, Verification } from '../types';
import { AuditTabs } from './AdminTabs';
import '../admin.css';

interface HeadPage {
  items: AuditHead[];
  next?: number | null;
}

/** Proof that nothing was edited, removed, reordered or cut off. */
export default function AuditChain() {
  const verify = useCommand((_: object, headers) =>
    call<Verification>('POST', '/api/audit/verification', { headers }),
  );
  return (
    <Page wide title={t('admin.chain.title')} tools={<AuditTabs />}>
      <Section title={t('admin.chain.verify')}>
        <p className="lt-muted">{t('admin.chain.why')}</p>
        <FormErrors error={verify.error} />
        <div className="lt-stack">
          <div>
            <Button
              type="primary"
              icon={<SafetyCertificateOutlined />}
              loading={verify.isPending}
              onClick={() => verify.mutate({})}
            >
              {t('admin.chain.verify')}
            </Button>
          </div>
          {verify.data && <Result verification={verify.data} />}
        </div>
      </Section>
      <Heads />
    </Page>
  );
}

function Result({ verification }: { verification: Verification }) {
  const { entries, heads, head_hash, findings } = verification;
  const whole = findings.length === 0;
  const counts = t('admin.chain.counts', { n: entries, heads });
  return (
    <Alert
      type={whole ? 'success' : 'error'}
      showIcon
      role="status"
      title={whole ? t('admin.chain.whole') : t('admin.chain.damaged', { n: findings.length })}
      description={
        <>
          <div>{counts}</div>
          <div className="admin-hash">{head_hash}</div>
          {!whole && (
            <ul className="admin-findings">
              {findings.map((finding, index) => (
                <li key={index}>{findingText(finding)}</li>
              ))}
            </ul>
          )}
        </>
      }
    />
  );
}

/** What is wrong and where: the kind of damage, then its facts. */
export function findingText({ what, ...facts }: Finding): string {
  const name = textOr(what, `admin.finding.${what}`);
  const where = Object.entries(facts).map(
    ([fact, value]) => `${textOr(fact, `admin.finding-fact.${fact}`)} ${value}`,
  );
  return [name, ...where].join(' · ');
}

/** Signed heads; another member keeps a copy as a witness. */
function Heads() {
  const heads = useInfiniteQuery({
    queryKey: ['audit', 'heads'],
    queryFn: ({ pageParam, signal }) =>
      call<HeadPage>('GET', '/api/audit/heads', {
        query: { before: pageParam ?? undefined, limit: 50 },
        signal,
      }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = heads.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title={t('admin.chain.heads')}
      extra={
        <Button
          size="small"
          icon={<DownloadOutlined />}
          onClick={() => void download('/api/audit/heads/export', {}, 'audit-heads.jsonl')}
        >
          {t('admin.chain.witness')}
        </Button>
      }
    >
      <p className="lt-muted">{t('admin.chain.heads-why')}</p>
      {heads.isError && <ErrorState error={heads.error} onRetry={() => void heads.refetch()} />}
      <DataTable<AuditHead>
        id="admin.heads"
        label={t('admin.chain.heads')}
        rows={rows}
        rowKey={(head) => String(head.seq)}
        quiet
        plain
        columns={[
          {
            key: 'seq',
            title: t('admin.audit.seq'),
            width: 100,
            align: 'right',
            render: (head) => head.seq,
          },
          {
            key: 'at',
            title: t('admin.chain.signed-at'),
            width: 150,
            render: (head) => <DateTime at={head.at} />,
          },
          {
            key: 'hash',
            title: t('admin.audit.hash'),
            width: 420,
            render: (head) => <span className="admin-hash">{head.hash}</span>,
          },
          {
            key: 'signature',
            title: t('admin.chain.signature'),
            width: 200,
            render: (head) => (
              <span className="admin-hash" title={head.signature}>
                {head.signature.slice(0, 24)}…
              </span>
            ),
          },
        ]}
      />
      {heads.hasNextPage && (
        <Button
          size="small"
          loading={heads.isFetchingNextPage}
          onClick={() => void heads.fetchNextPage()}
        >
          {t('kit.table.more')}
        </Button>
      )}
    </Section>
  );
}
