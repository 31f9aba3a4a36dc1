// The bed map, the calendar of clinics and the lanes of devices, light and dark: no serious violation of
// accessibility.
import { test } from 'node:test';
import { atBoards, axeFindings, walk } from '../audit.mjs';
import { accessible } from '../browser.mjs';

test('the boards are accessible, light and dark', () =>
  walk({ chosen: atBoards }, (page) => axeFindings(page, accessible)));
