import { expect, test } from 'vitest';
import { openedIn, sittingsOf } from './looks';
import type { AccessEntry } from './types';

const look = (minute: number, what: string, more: Partial<AccessEntry> = {}): AccessEntry => ({
  id: `${minute}-${what}`,
  at: new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString(),
  event: 'record.read',
  actor_id: 'a',
  actor_name: '某医生',
  role: 'attending-doctor',
  org_id: 'lead',
  basis: { kind: 'own-patient' },
  detail: { what } as unknown as AccessEntry['detail'],
  ...more,
});

test('one sitting of one person is one line; anything but reading stands alone', () => {
  const log = [
    look(50, 'record'),
    look(12, 'fhir.search'),
    look(11, 'fhir.search', { actor_id: 'b' }),
    look(10, 'record.break-glass', { event: 'record.break-glass' }),
    look(9, 'record'),
  ];
  const sittings = sittingsOf(log);
  expect(sittings.map((one) => one.entries.length)).toEqual([1, 2, 1, 1]);
  expect(sittings[1] && openedIn(sittings[1])).toEqual(['record', 'fhir.search']);
});
