/** What the operations on code systems send. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type CodeSystem = Schemas['CodeSystem'];
export type Hit = Schemas['Hit'];

export interface RowProblem {
  line: number;
  column: string;
  code: string;
  detail: string;
}

/** What an import of a catalogue did, or would do. */
export interface CatalogueReport {
  applied: boolean;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  problems: RowProblem[];
  problem_count: number;
}
