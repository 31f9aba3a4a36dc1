/** What the wall gets, by the server's own names. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

/** The API document names these words otherwise than they are sent. */
export type QueueRow = Omit<Schemas['QueueRow'], 'kind' | 'state' | 'priority'> & {
  kind: string;
  state: string;
  priority: string;
};
export type Wall = Omit<Schemas['Wall'], 'queue'> & {
  queue: { counts: QueueCounts[]; pressing: QueueRow[] };
};
export type WallMember = Schemas['WallMember'];
export type WallMessage = Schemas['WallMessage'];
export type QueueCounts = Schemas['OrgCounts'];
export type Places = Schemas['ResourcesSummary'];

export type Level = WallMessage['level'];
export const LEVELS: readonly Level[] = ['info', 'warning', 'emergency'];
