// Every main screen, light and dark: no serious violation of accessibility.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, launch, serverUrl, signedIn, sizes } from '../browser.mjs';
import { byPerson, settled } from '../screens.mjs';

const url = serverUrl();

/** Colours that are on their way from one scheme to the other are neither. */
const stillness = () => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity);

test('the door and every main screen are accessible, light and dark', async () => {
  const browser = await launch();
  const wrong = [];
  const look = async (page, name) => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction((scheme) => getComputedStyle(document.documentElement).colorScheme.includes(scheme), colorScheme);
      await page.waitForFunction(stillness);
      await accessible(page, `${name}, ${colorScheme}`).catch((error) => wrong.push(`${name}, ${colorScheme}: ${error.actual}`));
    }
  };
  try {
    const door = await browser.newPage({ viewport: sizes.desk });
    await door.goto(url);
    await door.getByRole('heading', { name: '选择一个演示岗位' }).waitFor();
    await look(door, 'door');
    for (const screens of byPerson()) {
      const [{ role, org }] = screens;
      const page = await signedIn(browser, url, role, { org });
      for (const screen of screens) {
        await page.goto(url + (await screen.path(page)));
        await settled(page);
        await look(page, `${screen.module}/${screen.name}`);
      }
      await page.done();
    }
    const wall = await signedIn(browser, url, 'dispatcher', { size: sizes.wide });
    await wall.goto(`${url}/dispatch/wall`);
    await wall.locator('.wall-panel-queue').waitFor();
    await accessible(wall, 'wall').catch((error) => wrong.push(`wall: ${error.actual}`));
    await wall.done();
  } finally {
    await browser.close();
  }
  assert.deepEqual(wrong, []);
});
