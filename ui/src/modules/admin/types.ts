/** What the administration operations send and take. */

export interface Account {
  id: string;
  username: string;
  name: string;
  practitioner_id?: string | null;
  state: 'active' | 'disabled';
  demo: boolean;
  system: boolean;
}

export interface Assignment {
  id: string;
  account_id: string;
  role: string;
  org_id: string;
  department_id?: string | null;
  valid_from: string;
  valid_to?: string | null;
}

export interface AssignmentView {
  assignment: Assignment;
  version: number;
  in_force: boolean;
}

export interface AccountView {
  account: Account;
  version: number;
  assignments: AssignmentView[];
  locked_until?: string | null;
  totp_enabled: boolean;
  must_change_password: boolean;
  password_at?: string | null;
  sessions: number;
}

export interface NewAssignment {
  role: string;
  org_id: string;
  department_id?: string | null;
  valid_from?: string | null;
  valid_to?: string | null;
}

export interface NewAccount {
  username: string;
  name: string;
  practitioner_id?: string | null;
  system: boolean;
  assignment: NewAssignment;
}

export interface AccountCreated {
  account: AccountView;
  one_time_password?: string | null;
}

export interface TokenView {
  id: string;
  name: string;
  account_id: string;
  assignment_id: string;
  created_at: string;
  expires_at: string;
  used_at?: string | null;
  revoked_at?: string | null;
}

export type Scope = 'own' | 'department' | 'org' | 'below' | 'group' | 'region';
export const SCOPES: readonly Scope[] = ['own', 'department', 'org', 'below', 'group', 'region'];

export interface RoleDefinition {
  code: string;
  name_zh: string;
  name_en: string;
  grants: Record<string, Scope>;
}

export interface PermissionView {
  code: string;
  title_zh: string;
  title_en: string;
  duty?: 'system' | 'security' | 'audit' | null;
}

export interface RoleMatrixView {
  newest: number;
  in_force?: number | null;
  matrix: { known: string[]; roles: RoleDefinition[] };
  permissions: PermissionView[];
}

export interface FieldChange {
  path: string;
  before?: unknown;
  after?: unknown;
}

export interface RulePreview {
  valid: boolean;
  code?: string | null;
  detail?: string | null;
  fields: string[];
  changes: FieldChange[];
  against: number;
}

export interface RuleVersion {
  code: string;
  version: number;
  effective_from: string;
  title_zh: string;
  title_en: string;
  source: string;
  created_at: string;
  created_by: string;
  body: unknown;
}

export interface RuleSetRow {
  newest: RuleVersion;
  security: boolean;
  known: boolean;
}

export interface RuleSetView {
  code: string;
  in_force?: number | null;
  newest: number;
  security: boolean;
  versions: RuleVersion[];
}

export interface AuditEvent {
  id: string;
  seq?: number | null;
  at: string;
  event: string;
  kind: string;
  entity_id: string;
  version: number;
  org_id?: string | null;
  peer_org_id?: string | null;
  patient_id?: string | null;
  actor_id: string;
  actor_name: string;
  role: string;
  actor_org_id: string;
  request_id: string;
  address: string;
  basis?: string | null;
  detail: string;
  body_sha256?: string | null;
  hash?: string | null;
}

export interface Finding {
  what: string;
  [fact: string]: string | number;
}

export interface Verification {
  entries: number;
  heads: number;
  head_hash: string;
  findings: Finding[];
}

export interface AuditHead {
  seq: number;
  hash: string;
  at: string;
  public_key: string;
  signature: string;
}

export type JobState = 'waiting' | 'done' | 'cancelled' | 'dead';

export interface Job {
  id: string;
  kind: string;
  key: string;
  state: JobState;
  run_at: string;
  attempts: number;
  created_at: string;
  finished_at?: string | null;
  last_error?: string | null;
  body: unknown;
}

export interface FollowerView {
  name: string;
  seq: number;
  behind: number;
  failures: number;
  retry_at?: string | null;
  last_error?: string | null;
  known: boolean;
}

export interface SystemView {
  version: string;
  engine: string;
  name: string;
  demo: boolean;
  now: string;
  schema_current: boolean;
  migrations: number;
  events: number;
  head?: AuditHead | null;
  accounts_active: number;
  sessions: number;
  jobs_waiting: number;
  jobs_overdue: number;
  jobs_dead: number;
  files: number;
  file_bytes: number;
  followers: FollowerView[];
}
