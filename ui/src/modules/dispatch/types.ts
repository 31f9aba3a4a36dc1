/** What the wall gets, by the server's own names. */

export interface Places {
  org_id?: string | null;
  beds_total: number;
  beds_open: number;
  beds_occupied: number;
  beds_held: number;
  beds_cleaning: number;
  slots_left_today: number;
  equipment_total: number;
  equipment_busy: number;
  equipment_idle: number;
  equipment_down: number;
}

export interface WallMember {
  org_id: string;
  name: string;
  places: Places;
}

export interface DeviceKind {
  kind: string;
  total: number;
  busy: number;
  idle: number;
  down: number;
}

export interface QueueRow {
  id: string;
  number: string;
  kind: string;
  state: string;
  priority: string;
  from_org_name: string;
  to_org_name: string;
  since: string;
  due_at?: string | null;
  escalated: boolean;
}

export interface QueueCounts {
  org_id: string;
  counts: {
    inbox: Record<string, number>;
    outbox: Record<string, number>;
    community: Record<string, number>;
    inbox_overdue: number;
    outbox_overdue: number;
    community_overdue: number;
  };
}

export interface WallAlert {
  seq: number;
  at: string;
  event: string;
  entity_id: string;
  org: string;
  peer?: string | null;
}

export type Level = 'info' | 'warning' | 'emergency';
export const LEVELS: readonly Level[] = ['info', 'warning', 'emergency'];

export interface WallMessage {
  version: number;
  id: string;
  org_id: string;
  level: Level;
  text: string;
  sent_at: string;
  sent_by: string;
  valid_until: string;
  withdrawn: boolean;
}

export interface Wall {
  at: string;
  members: WallMember[];
  equipment: DeviceKind[];
  queue: { counts: QueueCounts[]; pressing: QueueRow[] };
  alerts: WallAlert[];
  messages: WallMessage[];
}
