/** What the screens of apps read and send. */
export const CLIENTS = ['public', 'secret', 'keys', 'backend'] as const;
export type Client = (typeof CLIENTS)[number];

export interface AppInput {
  org_id: string;
  name: string;
  description: string;
  client: Client;
  redirect_uris: string[];
  launch_url: string | null;
  scopes: string[];
  jwks: unknown;
  jwks_url: string | null;
  account: string | null;
  everyone: boolean;
  state: 'active' | 'stopped';
}

export interface AppRow extends AppInput {
  id: string;
  created_at: string;
  used_at: string | null;
  grants: number;
}

export interface Created {
  app: { id: string };
  secret: string | null;
}

export interface DataScope {
  level: 'patient' | 'user';
  resource: string;
  rights: string;
}

export interface Consent {
  app: string;
  description: string;
  org_name: string;
  returns_to: string;
  data: DataScope[];
  identity: boolean;
  offline: boolean;
  online: boolean;
  patient: { id: string; name: string } | null;
  picks_patient: boolean;
}

export interface Asked {
  location: string | null;
  consent: Consent | null;
}
