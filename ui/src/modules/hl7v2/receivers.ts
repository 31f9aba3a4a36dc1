/** Receivers as texts. */
import { t } from '@/i18n';
import { withNote } from '@/kit/words';
import type { Receiver } from './types';

/** Where a receiver listens, and whether what is sent can be read on the way. */
export function addressText(receiver: Pick<Receiver, 'host' | 'port' | 'tls'>): string {
  const bare = receiver.host.includes(':') && !receiver.host.startsWith('[');
  const host = bare ? `[${receiver.host}]` : receiver.host;
  const how = t(receiver.tls ? 'hl7v2.receiver.with-tls' : 'hl7v2.receiver.clear');
  return withNote(`${host}:${receiver.port}`, how);
}
