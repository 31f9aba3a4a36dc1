// The door and the screens of those who refer and receive, light and dark: no serious violation of
// accessibility.
import { test } from 'node:test';
import { atCare, axeFindings, walk } from '../audit.mjs';
import { accessible, serverUrl, sizes } from '../browser.mjs';

test('the door and the screens of care are accessible, light and dark', () =>
  walk({ chosen: atCare }, (page) => axeFindings(page, accessible), async (browser, wrong) => {
    const door = await browser.newPage({ viewport: sizes.desk });
    await door.goto(serverUrl());
    await door.getByRole('heading', { name: '选择一个演示岗位' }).waitFor();
    wrong.push(...(await axeFindings(door, accessible)).map((one) => `door: ${one}`));
    await door.close();
  }));
