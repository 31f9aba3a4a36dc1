// Every main screen in English: no label left in Chinese, no key instead of its text, nothing wider than the
// screen or squeezed on a phone, nothing on the console.
import { test } from 'node:test';
import { walk, wordFindings } from '../audit.mjs';

test('every screen in English', () => walk({ language: 'en' }, (page, name) => wordFindings(page, name, 'en')));
