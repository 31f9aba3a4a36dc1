/** What de-identified extracts say. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type Extract = Schemas['ExtractShown'];
export type Asked = Schemas['NewExtract'];
export type Report = Schemas['ExtractReport'];
export type State = Schemas['ExtractState'];
export type Column = Schemas['ExtractColumn'];
export type Rules = Schemas['ExtractRules'];
export type GroupSizes = Schemas['ExtractGroupSizes'];

export const STATES = [
  'requested',
  'running',
  'ready',
  'downloaded',
  'refused',
  'unmet',
  'failed',
  'expired',
  'withdrawn',
] as const satisfies readonly State[];
