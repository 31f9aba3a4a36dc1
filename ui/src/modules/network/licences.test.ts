import { expect, test } from 'vitest';
import { licenceState, worstLicence } from './licences';

const now = new Date('2026-11-22T09:00:00').getTime();

test('a licence holds on its last day and is over the day after', () => {
  expect(licenceState('2026-11-22', now).name).toBe('soon');
  expect(licenceState('2026-11-21', now)).toMatchObject({ name: 'over', days_left: -1 });
  expect(licenceState('2027-11-21', now).name).toBe('valid');
  expect(licenceState(null, now).name).toBe('lasting');
});

test('of several licences the worst is shown', () => {
  const licences = [{ expires_on: '2030-01-01' }, { expires_on: '2026-12-01' }, {}];
  expect(worstLicence(licences, now)?.name).toBe('soon');
  expect(worstLicence([], now)).toBeNull();
});
