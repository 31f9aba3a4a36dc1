/** What the roster import says. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type ImportState = Schemas['ImportState'];
export type Severity = Schemas['ImportSeverity'];
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];
export type ImportSummary = Schemas['ImportSummary'];
export type Finding = Schemas['ImportFinding'];
export type SheetReport = Schemas['ImportSheet'];

/** Written out: the API document has another report of this name. */
export interface RosterReport {
  file: string;
  encoding: string;
  sheets: SheetReport[];
  findings: Finding[];
  error_count: number;
  warning_count: number;
  applied: boolean;
}

export type Import = Omit<Schemas['Import'], 'report'> & { report: RosterReport };
