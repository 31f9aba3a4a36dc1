/** What the operations on code systems and maps send. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type CodeSystem = Schemas['CodeSystem'];
export type Concept = Schemas['Concept'];
export type Hit = Schemas['Hit'];
export type Branch = Schemas['ConceptBranch'];
export type Version = Schemas['CodeSystemVersion'];
export type ConceptChange = Schemas['ConceptChange'];
export type TermMap = Schemas['TermMapShown'];
export type Entry = Schemas['MapEntryShown'];
export type EntryInput = Schemas['MapEntryInput'];
export type Relation = Schemas['MapRelation'];
export type WorkCode = Schemas['MapWorkItem'];
export type Suggestions = Schemas['MapSuggestions'];
export type Suggestion = Schemas['MapSuggestion'];
export type MapReport = Schemas['MapImportReport'];
export type Figure = Schemas['CoverageFigure'];
export type ArrivedCode = Schemas['CoverageCode'];
export type Status = Schemas['ArrivalStatus'];
export type RowProblem = Schemas['RowProblem'];
