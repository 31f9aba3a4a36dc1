/** What the screens of documents say. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type Stay = Schemas['Stay'];
export type DischargeContent = Schemas['DischargeContent'];
export type ClinicalDocument = Schemas['ClinicalDocument'];
export type DocumentStored = Schemas['DocumentStored'];
