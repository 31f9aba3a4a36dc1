import { describe, expect, test } from 'vitest';
import { changedLines } from './lines';
import { codesTwice, differences, draftOf, isHalfFilled, mappingOf } from './mapping';
import { linesWith, placeOf, placeText } from './place';
import type { Mapping } from './types';

const MESSAGE =
  'MSH|^~\\&|HIS|A||||ADT^A01|1|P|2.4\rPID|1||P1^^^^PI||某某\rOBX|1|NM|A\rOBX|2|NM|B\r';

function marked(at: string): string[] {
  const place = placeOf(at);
  if (!place) throw new Error(`${at} is no place`);
  return linesWith(MESSAGE, [place]).flatMap((line) =>
    line.runs.filter((run) => run.hit).map((run) => run.text),
  );
}

describe('places', () => {
  test('are said as people say them', () => {
    const said = (at: string) => placeText(placeOf(at) as never);
    expect(said('PID^1^3')).toBe('PID-3');
    expect(said('OBX^2^5^1^2')).toBe('OBX[2]-5.2');
    expect(said('PV1^1')).toBe('PV1');
    expect(said('PV1^1^44^^1')).toBe('PV1-44.1');
    expect(placeOf('resident_id')).toBeUndefined();
  });

  test('are marked in the text, MSH counting its separator', () => {
    expect(marked('PID^1^3')).toEqual(['P1^^^^PI']);
    expect(marked('MSH^1^3')).toEqual(['HIS']);
    expect(marked('MSH^1^1')).toEqual(['|']);
    expect(marked('OBX^2^3')).toEqual(['B']);
  });

  test('that have nothing to mark mark their segment', () => {
    expect(marked('PID^1^19')).toEqual(['PID|1||P1^^^^PI||某某']);
    expect(marked('PID^1')).toEqual(['PID|1||P1^^^^PI||某某']);
    expect(marked('PV1^1^2')).toEqual([]);
  });

  test('leave the text as it is', () => {
    const lines = linesWith(MESSAGE, [{ segment: 'PID', sequence: 1, field: 3 }]);
    expect(lines.map((line) => line.runs.map((run) => run.text).join('')).join('\r')).toBe(
      MESSAGE.trimEnd(),
    );
  });
});

test('an edit is shown by the lines that go and come', () => {
  const kinds = (before: string[], after: string[]) =>
    changedLines(before, after).map(({ kind, text }) => `${kind} ${text}`);
  expect(kinds(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual(['same a', 'gone b', 'new x', 'same c']);
  expect(kinds(['a', 'a'], ['a'])).toEqual(['same a', 'gone a']);
  expect(kinds([], ['a'])).toEqual(['new a']);
  expect(kinds(['a', 'b', 'c', 'd'], ['b', 'e', 'c'])).toEqual([
    'gone a',
    'same b',
    'new e',
    'same c',
    'gone d',
  ]);
});

describe('mappings', () => {
  const mapping: Mapping = {
    system: 'his',
    paths: { name: ['PID-5'], village: [] },
    codes: { sex: { '1': 'male' } },
    items: { WBC: { system: 'http://loinc.org', code: '6690-2', display: '白细胞' } },
    maps: ['lab-north'],
    utc_offset_minutes: 480,
    visit_class: 'AMB',
  };

  test('come back from the form as they went in', () => {
    expect(mappingOf(draftOf(mapping))).toEqual(mapping);
  });

  test('are not sent with rows that would be lost', () => {
    const draft = draftOf(mapping);
    expect(isHalfFilled(draft)).toBe(false);
    expect(codesTwice(draft)).toEqual([]);
    const row = { key: 'new', theirs: ' 1 ', ours: '' };
    draft.codes.sex?.push(row);
    expect(isHalfFilled(draft)).toBe(true);
    expect(codesTwice(draft)).toEqual(['1']);
    expect(mappingOf(draft)).toEqual(mapping);
  });

  test('are told apart by their parts', () => {
    const after: Mapping = {
      ...mapping,
      paths: { name: ['PID-5', 'PID-9'] },
      codes: { sex: { '1': 'female' }, unit: { 个: '1' } },
      utc_offset_minutes: -210,
    };
    expect(differences(mapping, after)).toEqual([
      { part: 'utc_offset_minutes', before: 'UTC+08:00', after: 'UTC−03:30' },
      { part: 'paths.name', before: 'PID-5', after: 'PID-5  PID-9' },
      { part: 'paths.village', before: '', after: undefined },
      { part: 'codes.sex.1', before: 'male', after: 'female' },
      { part: 'codes.unit.个', before: undefined, after: '1' },
    ]);
    expect(differences(mapping, mapping)).toEqual([]);
  });
});
