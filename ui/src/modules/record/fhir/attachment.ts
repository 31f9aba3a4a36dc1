/** What an attachment holds, as far as a screen can show it without running it. */
import { fhirAddress, fhirRead } from './client';
import { type SafeNode, safeCda, safeHtml } from './narrative';
import type { Attachment, Resource } from './resource';

export type Content =
  | { kind: 'text'; text: string }
  | { kind: 'nodes'; nodes: SafeNode[] }
  /** A picture, by an address of this browser's own. */
  | { kind: 'picture'; url: string }
  /** Something to save: the screen does not open it. */
  | { kind: 'file'; blob: Blob; name: string }
  /** It lies elsewhere, or is not here. */
  | { kind: 'elsewhere'; url: string }
  | { kind: 'nothing' };

interface Binary extends Resource {
  contentType?: string;
  data?: string;
}

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Reads an attachment: its own bytes, or those of a Binary of this server. */
export async function contentOf(attachment: Attachment, signal?: AbortSignal): Promise<Content> {
  if (attachment.data) return show(attachment.data, attachment.contentType, attachment.title);
  const { url } = attachment;
  if (!url) return { kind: 'nothing' };
  const id = /^(?:.*\/fhir\/)?Binary\/([A-Za-z0-9.-]{1,64})$/.exec(url)?.[1];
  if (!id) return { kind: 'elsewhere', url };
  const binary = await fhirRead<Binary>(fhirAddress(`Binary/${id}`), signal);
  return show(binary.data ?? '', attachment.contentType ?? binary.contentType, attachment.title);
}

function show(data: string, contentType = '', title = ''): Content {
  const bytes = bytesOf(data);
  if (!bytes) return { kind: 'nothing' };
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const plain = type.trim();
  if (PICTURES.has(plain)) {
    return { kind: 'picture', url: URL.createObjectURL(new Blob([bytes], { type: plain })) };
  }
  const isText = plain.startsWith('text/') || /[/+](xml|json)$/.test(plain) || plain === '';
  if (!isText)
    return {
      kind: 'file',
      blob: new Blob([bytes], { type: 'application/octet-stream' }),
      name: title,
    };
  const text = decode(bytes, parameters.join(';'));
  if (plain === 'text/html' || plain === 'application/xhtml+xml') {
    return { kind: 'nodes', nodes: safeHtml(text) };
  }
  if (plain.endsWith('xml')) {
    const nodes = safeCda(text);
    if (nodes) return { kind: 'nodes', nodes };
  }
  return { kind: 'text', text };
}

function bytesOf(data: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(data.replace(/\s/g, ''));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** In the encoding that is declared; hospitals' older systems write GB18030 and say nothing. */
function decode(bytes: Uint8Array, parameters: string): string {
  const named = /charset\s*=\s*"?([\w-]+)/.exec(parameters)?.[1];
  const declared =
    named ??
    /^<\?xml[^>]*encoding="([\w-]+)"/.exec(
      new TextDecoder('latin1').decode(bytes.slice(0, 200)),
    )?.[1];
  try {
    return new TextDecoder(declared ?? 'utf-8', { fatal: declared === undefined }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
