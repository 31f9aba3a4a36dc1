/** What the administration operations send and take. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type Account = Schemas['Account'];
export type Assignment = Schemas['Assignment'];
export type AssignmentView = Schemas['AssignmentView'];
export type AccountView = Schemas['AccountView'];
export type NewAssignment = Schemas['NewAssignment'];
export type NewAccount = Schemas['NewAccount'];
export type AccountCreated = Schemas['AccountCreated'];
export type TokenView = Schemas['TokenView'];

export type Scope = 'own' | 'department' | 'org' | 'below' | 'group' | 'region';
export const SCOPES: readonly Scope[] = ['own', 'department', 'org', 'below', 'group', 'region'];

export type RoleDefinition = Schemas['RoleDefinition'];
export type PermissionView = Schemas['PermissionView'];
export type RoleMatrixView = Schemas['RoleMatrixView'];
export type FieldChange = Schemas['FieldChange'];
export type RulePreview = Schemas['RulePreview'];
export type RuleVersion = Schemas['RuleVersion'];
export type RuleSetRow = Schemas['RuleSetRow'];
export type RuleSetView = Schemas['RuleSetView'];
export type AuditEvent = Schemas['Event'];

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

export type AuditHead = Schemas['AuditHead'];

export type JobState = 'waiting' | 'done' | 'cancelled' | 'dead';

export type Job = Schemas['Job'];
export type FollowerView = Schemas['FollowerView'];
export type SystemView = Schemas['SystemView'];
