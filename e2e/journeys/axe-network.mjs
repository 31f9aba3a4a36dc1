// The network, the desk, the figures and the wall, light and dark: no serious violation of accessibility.
import { test } from 'node:test';
import { atSteering, axeFindings, walk } from '../audit.mjs';
import { accessible, serverUrl, signedIn, sizes } from '../browser.mjs';

test('the screens of those who steer, and the wall, are accessible, light and dark', () =>
  walk({ chosen: atSteering }, (page) => axeFindings(page, accessible), async (browser, wrong) => {
    const wall = await signedIn(browser, serverUrl(), 'dispatcher', { size: sizes.wide });
    await wall.goto(`${serverUrl()}/dispatch/wall`);
    await wall.locator('.wall-panel-queue').waitFor();
    wrong.push(...(await axeFindings(wall, accessible, ['dark'])).map((one) => `wall: ${one}`));
    await wall.done();
  }));
