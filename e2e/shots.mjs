// Pictures of every main screen, to be looked at; with --docs, the small ones of the pages in docs.
//
//   LIANTI_URL=http://127.0.0.1:8080 node shots.mjs [--docs] [part of a name …]
//
// Without LIANTI_URL a demonstration is started for it.
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launch, signedIn, sizes } from './browser.mjs';
import { byPerson, settled } from './screens.mjs';
import { startDemo } from './server.mjs';

const root = resolve(import.meta.dirname, '..');
const DOCS_BYTES_MAX = 200_000;
/** Which screen stands for a module in its page. */
const DOCS = {
  'referral/case': 'referral',
  'record/patient': 'record',
  'resources/beds': 'resources',
  'network/graph': 'network',
  'admin/roles': 'admin',
  'work/work': 'work',
  'terminology/catalogue': 'terminology',
  'exchange/imports': 'exchange',
};

const words = process.argv.slice(2);
const docs = words.includes('--docs');
const wanted = words.filter((word) => !word.startsWith('--'));
const isWanted = (name) => wanted.length === 0 || wanted.some((word) => name.includes(word));
const server = process.env.LIANTI_URL ? null : await startDemo({ days: 90 });
const url = process.env.LIANTI_URL ?? server.url;
const browser = await launch();
try {
  if (docs) await forDocs();
  else await all();
} finally {
  await browser.close();
  await server?.stop();
}

/** Each screen at two sizes, in two schemes and two languages, and the wall. */
async function all() {
  const folder = join(root, 'shots');
  mkdirSync(folder, { recursive: true });
  for (const language of ['zh-CN', 'en']) {
    for (const screens of byPerson()) {
      const chosen = screens.filter((one) => isWanted(`${one.module}-${one.name}`));
      if (chosen.length === 0) continue;
      const [{ role, org }] = chosen;
      const page = await signedIn(browser, url, role, { org, language });
      for (const screen of chosen) {
        await page.setViewportSize(sizes.desk);
        await page.goto(url + (await screen.path(page)));
        await settled(page).catch(() => console.error(`${screen.name} did not settle`));
        for (const scheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
          for (const [name, size] of [['1366', sizes.desk], ['390', sizes.phone]]) {
            await page.setViewportSize(size);
            await settled(page).catch(() => console.error(`${screen.name} at ${name} did not settle`));
            await page.screenshot({ path: join(folder, `${screen.module}-${screen.name}-${name}-${scheme}-${language}.png`) });
          }
        }
      }
      await page.context().close();
    }
    if (isWanted('dispatch-wall')) await wall(join(folder, `dispatch-wall-1920-dark-${language}.png`), language, sizes.wide);
    if (isWanted('door')) await door(join(folder, `door-1366-light-${language}.png`), language);
  }
}

async function wall(path, language, size) {
  const page = await signedIn(browser, url, 'dispatcher', { language, size });
  await page.goto(`${url}/dispatch/wall`);
  await page.locator('.wall-panel-queue').waitFor();
  await page.screenshot({ path });
  await page.context().close();
}

async function door(path, language) {
  const page = await browser.newPage({ viewport: sizes.desk, locale: language });
  await page.addInitScript((chosen) => localStorage.setItem('lianti.language', chosen), language);
  await page.goto(url);
  await page.locator('.app-role').first().waitFor();
  await page.screenshot({ path });
  await page.close();
}

/** One picture for each page of the documentation, small enough to be kept. */
async function forDocs() {
  const folder = join(root, 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  for (const screens of byPerson()) {
    const chosen = screens.filter((one) => DOCS[`${one.module}/${one.name}`] && isWanted(DOCS[`${one.module}/${one.name}`]));
    if (chosen.length === 0) continue;
    const [{ role, org }] = chosen;
    const page = await signedIn(browser, url, role, { org });
    for (const screen of chosen) {
      await page.goto(url + (await screen.path(page)));
      await settled(page);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await keep(page, join(folder, `${DOCS[`${screen.module}/${screen.name}`]}.png`));
    }
    await page.context().close();
  }
  if (isWanted('dispatch')) {
    const path = join(folder, 'dispatch.png');
    await wall(path, 'zh-CN', sizes.desk);
    weigh(path);
  }
}

async function keep(page, path) {
  await page.screenshot({ path });
  weigh(path);
}

/** A picture that is too large for the repository is named. */
function weigh(path) {
  const { size } = statSync(path);
  if (size > DOCS_BYTES_MAX) console.error(`${path} has ${size} bytes, more than ${DOCS_BYTES_MAX}`);
  else console.log(`${path} ${Math.round(size / 1024)} kB`);
}
