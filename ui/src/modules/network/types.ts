/** The network's types, as the server's document names them. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type Organization = Schemas['Organization'];
export type OrganizationDetail = Schemas['OrganizationDetail'];
export type OrganizationInput = Schemas['OrganizationInput'];
export type OrgBrief = Schemas['OrgBrief'];
export type TreeNode = Schemas['NetworkTreeNode'];
export type GraphNode = Schemas['NetworkGraphNode'];
export type GraphEdge = Schemas['NetworkGraphEdge'];
export type Graph = Schemas['NetworkGraph'];
export type HistoryEntry = Schemas['NetworkHistoryEntry'];
export type GroupSummary = Schemas['GroupSummary'];
export type GroupDetail = Schemas['GroupDetail'];
export type MemberView = Schemas['MemberView'];
export type AllianceView = Schemas['AllianceView'];
export type BondView = Schemas['BondView'];
export type BondInput = Schemas['BondInput'];
export type Evidence = Schemas['NetworkEvidence'];
export type Decision = Schemas['Decision'];
export type DecisionInput = Schemas['DecisionInput'];
export type Practitioner = Schemas['Practitioner'];
export type PractitionerInput = Schemas['PractitionerInput'];
export type Department = Schemas['Department'];
export type Technique = Schemas['Technique'];
export type Providers = Schemas['NetworkProviders'];
export type Survey = Schemas['Survey'];
export type Comparison = Schemas['NetworkComparison'];
export type Catchment = Schemas['Catchment'];
export type GuardedField = Schemas['GuardedField'];

export const ORG_KINDS = [
  'lead-hospital',
  'branch-hospital',
  'member-hospital',
  'community-centre',
  'township-centre',
  'village-clinic',
  'health-bureau',
  'region',
  'other',
] as const;
export const LEVELS = ['city', 'district', 'town', 'village'] as const;
export const OWNERSHIPS = ['government', 'enterprise', 'collective', 'social', 'private'] as const;
export const POSITIONINGS = [
  'acute-complex',
  'regional-general',
  'county-general',
  'continuing-care',
  'primary',
  'specialty',
  'maternal-child',
  'public-health',
  'administration',
] as const;
export const FUNDINGS = [
  'full-budget',
  'partial-budget',
  'self-supporting',
  'enterprise-budget',
  'no-budget',
] as const;
export const INPUT_MODES = [
  'per-post',
  'purchased-service',
  'project',
  'enterprise',
  'no-input',
] as const;
export const BOND_KINDS = [
  'agreement',
  'entrusted-management',
  'project',
  'aid',
  'strategy',
  'technique',
  'talent',
  'training',
  'resource',
  'information',
  'recognition',
  'prescription',
  'service',
  'brand',
  'culture',
] as const;
export const PROFESSIONS = [
  'doctor',
  'general-practitioner',
  'village-doctor',
  'nurse',
  'technician',
  'pharmacist',
  'public-health',
  'manager',
  'other',
] as const;
export const TITLE_RANKS = [
  'no-title',
  'junior',
  'intermediate',
  'deputy-senior',
  'senior',
] as const;
export const STAFF_STATUSES = [
  'established',
  'contract',
  'dispatched',
  'rehired',
  'village-employed',
  'trainee',
] as const;
export const SITE_KINDS = [
  'home',
  'secondment',
  'multi-site',
  'visiting-clinic',
  'training',
] as const;
export const LICENCE_KINDS = [
  'doctor-qualification',
  'doctor-practice',
  'nurse-practice',
  'village-doctor-practice',
  'pharmacist',
  'technician',
  'special',
] as const;
export const MEMBER_ROLES = ['branch', 'member'] as const;
export const COOPERATION_MODES = ['loose', 'semi-tight', 'tight', 'entrusted'] as const;
export const COUNCIL_CLASSES = [
  'no-seat',
  'member',
  'standing-member',
  'vice-chair',
  'chair',
] as const;
export const DECISION_LEVELS = ['national', 'province', 'city', 'district'] as const;
export const ORG_FIELDS = [
  'ownership',
  'affiliation',
  'institution-type',
  'positioning',
  'funding',
  'input-mode',
] as const;
export const PERSON_FIELDS = ['staff-status', 'home-employer'] as const;
export const SITE_ROLES = [
  'village-doctor',
  'general-practitioner',
  'referral-office',
  'attending-doctor',
  'ward-nurse',
  'bed-manager',
  'duty-chief',
  'dispatcher',
  'technician',
  'pharmacist',
  'director',
] as const;
