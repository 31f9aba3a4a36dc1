// The search for places, holds, the waitlist and templates, light and dark: no serious violation of
// accessibility.
import { test } from 'node:test';
import { atPlaces, axeFindings, walk } from '../audit.mjs';
import { accessible } from '../browser.mjs';

test('the lists of places are accessible, light and dark', () =>
  walk({ chosen: atPlaces }, (page) => axeFindings(page, accessible)));
