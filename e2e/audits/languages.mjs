// Every main screen in both languages: nothing left untranslated, nothing wider than the screen,
// nothing on the console.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { launch, serverUrl, signedIn, sizes } from '../browser.mjs';
import { byPerson, settled } from '../screens.mjs';

const url = serverUrl();
const source = resolve(import.meta.dirname, '..', '..', 'ui', 'src');

/** Every key of the texts, to recognize one that is shown instead of its text. */
function keysOf(tree, prefix, into) {
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') into.add(`${prefix}.${name}`);
    else keysOf(value, `${prefix}.${name}`, into);
  }
}
const keys = new Set();
for (const [folder, name] of [...readdirSync(join(source, 'modules')).map((one) => [`modules/${one}`, one]), ['app', 'app'], ['kit', 'kit']]) {
  keysOf(JSON.parse(readFileSync(join(source, folder, 'locales', 'en.json'), 'utf8')), name, keys);
}

/** The words that stand on the screen, in pieces, without data that has a language of its own. */
function visibleTexts() {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { parentElement } = node;
    const text = node.textContent.trim();
    if (text === '' || parentElement.closest('script, style, code, pre, dt, textarea, .admin-json, .lt-print-root, [lang]:not(html)')) continue;
    if (parentElement.checkVisibility({ visibilityProperty: true })) texts.push(text);
  }
  return texts;
}

const ENGLISH = /\b[A-Za-z]{2,}(?:[ ,-]+[A-Za-z]{2,}){2,}\b/;
const KEY = /\b[a-z][a-z-]*(?:\.[a-z0-9_-]+)+\b/g;
/** Screens that show names in both languages on purpose. */
const BILINGUAL = new Set(['admin/api', 'network/member', 'terminology/systems', 'terminology/catalogue']);
/** Screens titled with names, which have one language: of a patient, of wards. */
const NAMED = new Set(['record/patient', 'referral/case', 'resources/beds']);
const SIDEWAYS_PX = 1;

for (const language of ['zh-CN', 'en']) {
  test(`every screen in ${language}`, async () => {
    const browser = await launch();
    const wrong = [];
    try {
      for (const screens of byPerson()) {
        const [{ role, org }] = screens;
        const page = await signedIn(browser, url, role, { org, language });
        for (const screen of screens) {
          await page.setViewportSize(sizes.desk);
          await page.goto(url + (await screen.path(page)));
          await settled(page);
          const name = `${screen.module}/${screen.name}`;
          const texts = await page.evaluate(visibleTexts);
          for (const text of texts) {
            for (const found of text.match(KEY) ?? []) if (keys.has(found)) wrong.push(`${name}: key ${found}`);
            if (language === 'zh-CN' && !BILINGUAL.has(name) && ENGLISH.test(text)) wrong.push(`${name}: English “${text.slice(0, 80)}”`);
          }
          if (language === 'en' && !NAMED.has(name)) wrong.push(...(await page.evaluate(chineseLabels)).map((text) => `${name}: Chinese “${text}”`));
          for (const size of [sizes.desk, sizes.phone]) {
            await page.setViewportSize(size);
            await settled(page);
            const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            if (over > SIDEWAYS_PX) wrong.push(`${name}: ${over} px too wide at ${size.width}`);
          }
          wrong.push(...page.faults.splice(0).map((fault) => `${name}: ${fault}`));
        }
        await page.done();
      }
    } finally {
      await browser.close();
    }
    assert.deepEqual([...new Set(wrong)], []);
  });
}

/** Chinese in what is never data: headings, buttons, labels, heads of columns, tabs. */
function chineseLabels() {
  const own = 'h1.lt-page-title, h2.lt-section-title, label, thead th, [role=tab], .ant-btn, .app-rail-label, .lt-view, .ant-segmented-item-label, .ant-alert-title, .wall-panel h2';
  const data = '.app-top, .resources-beds, .resources-lanes, .ant-select, .lt-phone-rows, tbody, .ant-checkbox-group';
  return [...document.querySelectorAll(own)]
    .filter((one) => one.checkVisibility() && !one.closest(data) && /[\u4e00-\u9fff]/.test(one.innerText))
    .map((one) => one.innerText.slice(0, 60));
}
