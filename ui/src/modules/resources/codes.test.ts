import { expect, test } from 'vitest';
import { nextCode, TIME_OF_DAY } from './codes';

test.each([
  ['12', '13'],
  ['A09', 'A10'],
  ['099', '100'],
  ['加1', '加2'],
  ['加床', ''],
  ['', ''],
])('after bed %s comes %s', (code, next) => {
  expect(nextCode(code)).toBe(next);
});

test.each([
  ['08:00', true],
  ['23:55', true],
  ['24:00', true],
  ['24:05', false],
  ['08:03', false],
  ['8:00', false],
])('%s is a time of the calendar: %s', (time, good) => {
  expect(TIME_OF_DAY.test(time)).toBe(good);
});
