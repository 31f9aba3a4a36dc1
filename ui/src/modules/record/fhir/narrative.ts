/**
 * Texts that came with documents, made harmless. A document is parsed where nothing runs and nothing
 * loads; of it only known elements and words go on, without any attribute that could act. What the
 * screen draws is built from these nodes, never from the text itself.
 */

/** Elements that are kept, by what is drawn for them. */
const KEPT: Record<string, string> = {
  p: 'p',
  div: 'div',
  span: 'span',
  br: 'br',
  hr: 'hr',
  pre: 'pre',
  blockquote: 'blockquote',
  b: 'b',
  strong: 'strong',
  i: 'i',
  em: 'em',
  u: 'u',
  sub: 'sub',
  sup: 'sup',
  code: 'code',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  dl: 'dl',
  dt: 'dt',
  dd: 'dd',
  table: 'table',
  caption: 'caption',
  thead: 'thead',
  tbody: 'tbody',
  tfoot: 'tfoot',
  tr: 'tr',
  th: 'th',
  td: 'td',
  // The screen has headings of its own above these.
  h1: 'h4',
  h2: 'h4',
  h3: 'h4',
  h4: 'h5',
  h5: 'h6',
  h6: 'h6',
  // Of CDA (HL7 clinical documents).
  paragraph: 'p',
  list: 'ul',
  item: 'li',
  content: 'span',
  title: 'h4',
};

/** Elements whose content is no text. */
const DROPPED = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'object',
  'embed',
  'svg',
  'math',
  'head',
  'select',
  'option',
  'textarea',
  'form',
]);

const DEPTH_MAX = 40;
const NODES_MAX = 20_000;
const SPAN_MAX = 50;

export interface SafeElement {
  tag: string;
  colSpan?: number;
  rowSpan?: number;
  children: SafeNode[];
}

/** A text, an element, or the place of a picture that is not shown. */
export type SafeNode = string | SafeElement | { picture: string };

/** HTML or XHTML as harmless nodes. */
export function safeHtml(text: string): SafeNode[] {
  const parsed = new DOMParser().parseFromString(text, 'text/html');
  return nodesOf(parsed.body, { left: NODES_MAX }, 0);
}

/** A CDA document as harmless nodes: its title and the texts of its sections, in order. */
export function safeCda(text: string): SafeNode[] | undefined {
  const parsed = new DOMParser().parseFromString(text, 'application/xml');
  const root = parsed.documentElement;
  if (root?.localName !== 'ClinicalDocument') return undefined;
  const budget = { left: NODES_MAX };
  const nodes: SafeNode[] = [];
  const title = childOf(root, 'title');
  if (title?.textContent) nodes.push({ tag: 'h4', children: [title.textContent.trim()] });
  for (const section of root.querySelectorAll('section')) {
    const name = childOf(section, 'title')?.textContent?.trim();
    if (name) nodes.push({ tag: 'h4', children: [name] });
    const words = childOf(section, 'text');
    if (words) nodes.push({ tag: 'div', children: nodesOf(words, budget, 0) });
  }
  return nodes;
}

function childOf(element: Element, name: string): Element | undefined {
  return [...element.children].find((child) => child.localName === name);
}

function nodesOf(parent: Node, budget: { left: number }, depth: number): SafeNode[] {
  const nodes: SafeNode[] = [];
  for (const child of parent.childNodes) {
    budget.left -= 1;
    if (budget.left < 0 || depth > DEPTH_MAX) break;
    if (child.nodeType === Node.TEXT_NODE || child.nodeType === Node.CDATA_SECTION_NODE) {
      if (child.textContent) nodes.push(child.textContent);
    } else if (child.nodeType === Node.ELEMENT_NODE) {
      nodes.push(...elementOf(child as Element, budget, depth));
    }
  }
  return nodes;
}

function elementOf(element: Element, budget: { left: number }, depth: number): SafeNode[] {
  const name = element.localName.toLowerCase();
  if (DROPPED.has(name)) return [];
  if (name === 'img') return [{ picture: element.getAttribute('alt') ?? '' }];
  const children = nodesOf(element, budget, depth + 1);
  const tag = Object.hasOwn(KEPT, name) ? KEPT[name] : undefined;
  // Unknown elements lose themselves, not their words.
  if (!tag) return children;
  const made: SafeElement = { tag, children };
  if (tag === 'td' || tag === 'th') {
    made.colSpan = spanOf(element.getAttribute('colspan'));
    made.rowSpan = spanOf(element.getAttribute('rowspan'));
  }
  return [made];
}

function spanOf(text: string | null): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number > 1 ? Math.min(number, SPAN_MAX) : undefined;
}
