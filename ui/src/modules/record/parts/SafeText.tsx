import { createElement, Fragment, type ReactNode } from 'react';
import { t } from '@/i18n';
import type { SafeNode } from '../fhir/narrative';

/** The text of a document, drawn from harmless nodes: nothing in it runs or loads. */
export function SafeText({ nodes }: { nodes: SafeNode[] }) {
  // Documents speak the language they were written in.
  return (
    <div className="record-narrative" lang="und">
      {nodes.map((node, index) => (
        <Fragment key={index}>{draw(node)}</Fragment>
      ))}
    </div>
  );
}

const EMPTY_ELEMENTS = new Set(['br', 'hr']);
/** Between these, white space is no text. */
const TABLE_PARTS = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr']);

function draw(node: SafeNode): ReactNode {
  if (typeof node === 'string') return node;
  if ('picture' in node) {
    const name = node.picture;
    return (
      <span className="lt-muted">
        {name ? t('record.doc.picture', { name }) : t('record.doc.picture-unnamed')}
      </span>
    );
  }
  const { tag, colSpan, rowSpan } = node;
  if (EMPTY_ELEMENTS.has(tag)) return createElement(tag);
  const children = TABLE_PARTS.has(tag)
    ? node.children.filter((child) => typeof child !== 'string' || child.trim() !== '')
    : node.children;
  const drawn = children.map((child, index) => <Fragment key={index}>{draw(child)}</Fragment>);
  // Rows straight inside a table stand in a body, as a browser would put them.
  if (tag === 'table')
    return <div className="record-table">{createElement('table', null, tableOf(children))}</div>;
  return createElement(tag, { colSpan, rowSpan }, ...drawn);
}

function tableOf(children: SafeNode[]): ReactNode {
  const isRow = (child: SafeNode) =>
    typeof child === 'object' && 'tag' in child && child.tag === 'tr';
  const keyed = (list: SafeNode[]) =>
    list.map((child, index) => <Fragment key={index}>{draw(child)}</Fragment>);
  if (!children.some(isRow)) return keyed(children);
  const rows = children.filter(isRow);
  return (
    <>
      {keyed(children.filter((child) => !isRow(child)))}
      <tbody>{keyed(rows)}</tbody>
    </>
  );
}
