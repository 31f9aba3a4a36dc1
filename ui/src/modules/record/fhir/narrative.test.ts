import { expect, test } from 'vitest';
import { contentOf } from './attachment';
import { type SafeNode, safeCda, safeHtml } from './narrative';

const flat = (nodes: SafeNode[]): string => JSON.stringify(nodes);

test('nothing that acts comes through, the words do', () => {
  const nodes = safeHtml(
    '<div onclick="bad()"><script>bad()</script><a href="javascript:bad()">主诉</a>' +
      '<img src="x" onerror="bad()" alt="片"><iframe>x</iframe><style>p{}</style><b>头晕</b></div>',
  );
  expect(nodes).toEqual([
    { tag: 'div', children: ['主诉', { picture: '片' }, { tag: 'b', children: ['头晕'] }] },
  ]);
  expect(flat(nodes)).not.toMatch(/bad|javascript|onerror/);
});

test('tables keep their spans, within bounds', () => {
  const nodes = safeHtml('<table><tr><td colspan="9999" rowspan="2" style="x">1</td></tr></table>');
  expect(flat(nodes)).toContain('"colSpan":50');
  expect(flat(nodes)).not.toContain('style');
});

test('deep nesting ends', () => {
  const nodes = safeHtml(`${'<div>'.repeat(500)}deep${'</div>'.repeat(500)}`);
  expect(flat(nodes)).not.toContain('deep');
});

test('a CDA document shows its sections', () => {
  const cda =
    '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>出院小结</title><component><structuredBody>' +
    '<component><section><title>诊断</title><text><paragraph>高血压</paragraph></text></section></component>' +
    '</structuredBody></component></ClinicalDocument>';
  expect(flat(safeCda(cda) ?? [])).toMatch(/出院小结.*诊断.*高血压/);
  expect(safeCda('<other/>')).toBeUndefined();
});

test('an attachment without an encoding may be GB18030', async () => {
  const data = btoa(String.fromCharCode(0xd0, 0xc4, 0xb5, 0xe7)); // 心电
  const shown = await contentOf({ contentType: 'text/plain', data });
  expect(shown).toEqual({ kind: 'text', text: '心电' });
  const elsewhere = await contentOf({ url: 'https://elsewhere.example/1' });
  expect(elsewhere).toEqual({ kind: 'elsewhere', url: 'https://elsewhere.example/1' });
});
