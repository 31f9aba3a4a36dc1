import { SearchOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Input, Modal } from 'antd';
import { type KeyboardEvent, useDeferredValue, useEffect, useState } from 'react';
import { call } from '@/api/client';
import { allows, type Session, useSession } from '@/api/session';
import { t, textOr } from '@/i18n';
import { useGo } from '@/kit/route';
import { StatusTag } from '@/kit/StatusTag';
import type { State } from '@/modules/referral/types';
import { stateText, stateTone } from '@/modules/referral/words';
import { modules } from './modules';
import './palette.css';

const DELAY_MS = 200;

interface Hit {
  id: string;
  title: string;
  subtitle?: string | null;
  /** Code of the state it is in, of kinds that have states. */
  state?: string | null;
  link: string;
}

interface HitGroup {
  kind: string;
  items: Hit[];
}

/** Search everything: people, cases, organizations from the server; pages and actions from here. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const go = useGo();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const query = useSettled(useDeferredValue(text.trim()));
  const found = useQuery({
    queryKey: ['search', query],
    queryFn: ({ signal }) =>
      call<{ groups: HitGroup[] }>('GET', '/api/search', { query: { q: query }, signal }),
    enabled: worthAsking(query),
    placeholderData: keepPreviousData,
  });
  const own = ownHits(session, text.trim());
  const server = worthAsking(query) ? (found.data?.groups ?? []) : [];
  const groups = [...server, ...(own.length > 0 ? [{ kind: 'action', items: own }] : [])];
  const hits = groups.flatMap((group) => group.items);
  const current = Math.min(chosen, hits.length - 1);

  function open(hit: Hit | undefined) {
    if (!hit) return;
    go(hit.link);
    onClose();
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setChosen(Math.min(current + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(current - 1, 0));
    else if (event.key === 'Enter') open(hits[current]);
    else return;
    event.preventDefault();
  }

  const nothing = hits.length === 0 && worthAsking(query) && !found.isFetching;
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      width={640}
      style={{ top: 72 }}
      title={<span className="lt-visually-hidden">{t('app.search.title')}</span>}
      styles={{ header: { margin: 0 } }}
      destroyOnHidden
    >
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        placeholder={t('app.search.placeholder')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={press}
        role="combobox"
        aria-label={t('app.search.title')}
        aria-expanded={hits.length > 0}
        aria-controls="app-palette-hits"
        aria-activedescendant={hits[current] && hitId(current)}
      />
      <div
        id="app-palette-hits"
        className="app-palette"
        role="listbox"
        aria-label={t('app.search.title')}
      >
        <Hits groups={groups} current={current} onOpen={open} />
      </div>
      {found.isError && (
        <p className="app-palette-note">{found.error.message || t('app.search.failed')}</p>
      )}
      {nothing && !found.isError && (
        <p className="app-palette-note">{t('app.search.empty', { q: query })}</p>
      )}
      <p className="app-palette-note lt-muted">{t('app.search.hint')}</p>
    </Modal>
  );
}

interface HitsProps {
  groups: HitGroup[];
  current: number;
  onOpen: (hit: Hit) => void;
}

function Hits({ groups, current, onOpen }: HitsProps) {
  let index = -1;
  return groups.map((group) => (
    <div key={group.kind} role="group" aria-label={groupTitle(group.kind)}>
      <div className="app-palette-kind">{groupTitle(group.kind)}</div>
      {group.items.map((hit) => {
        index += 1;
        const own = index;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keys
          <div
            key={`${hit.id}${hit.link}`}
            id={hitId(own)}
            role="option"
            tabIndex={-1}
            aria-selected={own === current}
            className="app-palette-hit"
            onClick={() => onOpen(hit)}
          >
            <span>{hit.title}</span>
            {hit.state && <HitState kind={group.kind} state={hit.state} />}
            {hit.subtitle && <span className="app-palette-sub lt-muted">{hit.subtitle}</span>}
          </div>
        );
      })}
    </div>
  ));
}

/** Where it stands, in the words of its kind: `转诊` has `referral.state.accepted`. */
function HitState({ kind, state }: { kind: string; state: string }) {
  return (
    <span className="app-palette-state">
      {kind === 'referral' ? (
        <StatusTag plain tone={stateTone(state as State)} label={stateText(state)} />
      ) : (
        <StatusTag plain tone="neutral" label={textOr(state, `${kind}.state.${state}`)} />
      )}
    </span>
  );
}

function groupTitle(kind: string): string {
  if (kind === 'action') return t('app.search.actions');
  return textOr(kind, `app.search.kind.${kind}`);
}

function hitId(index: number): string {
  return `app-palette-hit-${index}`;
}

/** Pages and actions of this role whose words contain what was typed. */
function ownHits(session: Session, text: string): Hit[] {
  const wanted = text.toLowerCase();
  const pages = modules.flatMap((module) => [...(module.actions ?? []), ...module.nav]);
  return pages
    .filter((page) => allows(session, page.permission))
    .filter((page) => !('roles' in page) || page.roles?.includes(session.assignment.role))
    .map((page) => ({
      id: page.path,
      title: t(page.label),
      link: page.path,
      words: `${t(page.label)} ${'keywords' in page ? (page.keywords ?? '') : ''} ${page.path}`,
    }))
    .filter((hit) => hit.words.toLowerCase().includes(wanted));
}

/** A Chinese surname is worth asking for; a single letter or digit matches half the county. */
function worthAsking(query: string): boolean {
  return query.length >= 2 || /\p{Script=Han}/u.test(query);
}

/** The text once typing paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
