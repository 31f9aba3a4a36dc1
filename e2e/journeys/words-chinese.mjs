// Every main screen in Chinese: no label left in English, no key instead of its text, nothing wider than the
// screen or squeezed on a phone, nothing on the console.
import { test } from 'node:test';
import { walk, wordFindings } from '../audit.mjs';

test('every screen in Chinese', () => walk({ language: 'zh-CN' }, (page, name) => wordFindings(page, name, 'zh-CN')));
