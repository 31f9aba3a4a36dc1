// Accounts, rules, audit, system, imports and code lists, light and dark: no serious violation of
// accessibility.
import { test } from 'node:test';
import { atAdmin, axeFindings, walk } from '../audit.mjs';
import { accessible } from '../browser.mjs';

test('the screens of administration are accessible, light and dark', () =>
  walk({ chosen: atAdmin }, (page) => axeFindings(page, accessible)));
