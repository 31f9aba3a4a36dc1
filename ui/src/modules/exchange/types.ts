/** What the roster import says. */
export type ImportState = 'ready' | 'faulty' | 'applied';
export type Severity = 'error' | 'warning' | 'note';
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

export interface ImportSummary {
  id: string;
  file_name: string;
  size_bytes: number;
  uploaded_by: string;
  created_at: string;
  state: ImportState;
  applied_at?: string | null;
  rows: number;
  error_count: number;
  warning_count: number;
}

export interface Finding {
  severity: Severity;
  sheet: string;
  cell: string;
  row: number;
  column?: string | null;
  code: string;
  message_zh: string;
  message_en: string;
  value?: string | null;
}

export interface SheetReport {
  name: string;
  kind?: string | null;
  header_row?: number | null;
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  unknown_columns: string[];
}

export interface RosterReport {
  file: string;
  encoding: string;
  sheets: SheetReport[];
  findings: Finding[];
  error_count: number;
  warning_count: number;
  applied: boolean;
}

export interface Import {
  id: string;
  org_id: string;
  uploaded_by: string;
  created_at: string;
  state: ImportState;
  applied_at?: string | null;
  report: RosterReport;
}
