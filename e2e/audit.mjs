// What every main screen is held to, screen after screen as its people look at them: accessible, in one
// language, no wider than the window. The journeys named axe-… and words-… share the screens among them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launch, serverUrl, signedIn, sizes } from './browser.mjs';
import { byPerson, settled } from './screens.mjs';

const url = serverUrl();
const source = resolve(import.meta.dirname, '..', 'ui', 'src');

/** Who refers and receives, who keeps beds, clinics and devices, who steers; the others administer. */
const CARE = new Set(['village-doctor', 'referral-office']);
const PLACES = new Set(['ward-nurse', 'bed-manager']);
const STEERING = new Set(['director', 'dispatcher', 'health-bureau']);
/** Screens with a thousand small parts, which take axe as long as all other lists of places. */
const BOARDS = new Set(['beds', 'slots', 'equipment']);
export const atCare = ({ role }) => CARE.has(role);
export const atBoards = ({ role, name }) => PLACES.has(role) && BOARDS.has(name);
export const atPlaces = ({ role, name }) => PLACES.has(role) && !BOARDS.has(name);
export const atSteering = ({ role }) => STEERING.has(role);
export const atAdmin = ({ role }) => ![CARE, PLACES, STEERING].some((group) => group.has(role));

/**
 * Opens the `chosen` screens one after another, each as the person who looks at it, and gives it
 * to `look`; what is wrong is told together at the end, so that one run shows everything.
 */
export async function walk({ chosen = () => true, language, ...screen }, look, more = async () => {}) {
  const browser = await launch();
  const wrong = [];
  try {
    for (const screens of byPerson().map((all) => all.filter(chosen))) {
      if (screens.length === 0) continue;
      const [{ role, org }] = screens;
      const page = await signedIn(browser, url, role, { org, language, ...screen });
      for (const one of screens) {
        const name = `${one.module}/${one.name}`;
        await page.goto(url + (await one.path(page)));
        await settled(page);
        for (const found of await look(page, name)) wrong.push(`${name}: ${found}`);
        for (const fault of page.faults.splice(0)) wrong.push(`${name}: ${fault}`);
      }
      await page.done();
    }
    await more(browser, wrong);
  } finally {
    await browser.close();
  }
  assert.deepEqual([...new Set(wrong)], []);
}

/** Colours that are on their way from one scheme to the other are neither. */
const isStill = () => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity);

/**
 * What axe finds on a page in the light, and which colours of it in the dark: the two schemes have the
 * same elements, so that only contrast can differ. Without motion there is nothing to wait for.
 */
export async function axeFindings(page, accessible, schemes = ['light', 'dark']) {
  const found = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForFunction((scheme) => getComputedStyle(document.documentElement).colorScheme.includes(scheme), colorScheme);
    await page.waitForFunction(isStill);
    const rules = colorScheme === 'dark' && schemes.length > 1 ? ['color-contrast'] : undefined;
    await accessible(page, colorScheme, rules).catch((error) => found.push(`${colorScheme}: ${error.actual ?? error.message}`));
  }
  return found;
}

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
    if (text === '' || parentElement.closest('script, style, code, pre, textarea, .admin-json, .lt-print-root, [lang]:not(html)')) continue;
    if (parentElement.checkVisibility({ visibilityProperty: true })) texts.push(text);
  }
  return texts;
}

/** Chinese in what is never data: headings, buttons, labels, heads of columns, tabs. */
function chineseLabels() {
  const own = 'h1.lt-page-title, h2.lt-section-title, label, thead th, dt, [role=tab], .ant-btn, .app-rail-label, .lt-view, .ant-segmented-item-label, .ant-alert-title, .wall-panel h2';
  const data = '.app-top, .term-shop > :not(:first-child) h2, .resources-beds, .resources-lanes, .ant-select, .lt-phone-rows, tbody, .ant-checkbox-group';
  return [...document.querySelectorAll(own)]
    .filter((one) => one.checkVisibility() && !one.closest(data) && /[\u4e00-\u9fff]/.test(one.innerText))
    .map((one) => one.innerText.slice(0, 60));
}

/** How far the page reaches over the side of the window, and parts of it that have nearly no width. */
function shapeFaults({ sideways_px, narrow_px }) {
  const over = document.documentElement.scrollWidth - window.innerWidth;
  const narrow = [...document.querySelectorAll('#content .lt-section, #content .lt-table, #content .ant-form-item')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width < narrow_px)
    .map((one) => `${one.className.split(' ')[0]} has ${Math.round(one.getBoundingClientRect().width)} px at ${window.innerWidth}`);
  return [...(over > sideways_px ? [`${over} px too wide at ${window.innerWidth}`] : []), ...narrow.slice(0, 1)];
}

const ENGLISH = /\b[A-Za-z]{2,}(?:[ ,-]+[A-Za-z]{2,}){2,}\b/;
const KEY = /\b[a-z][a-z-]*(?:\.[a-z0-9_-]+)+\b/g;
/** Screens that show names in both languages on purpose. */
const BILINGUAL = new Set(['admin/api', 'network/member', 'terminology/systems', 'terminology/catalogue', 'terminology/tree', 'terminology/version']);
/** Screens titled with names, which have one language: of a patient, of wards. */
const NAMED = new Set(['record/patient', 'referral/case', 'resources/beds']);
const LIMITS = { sideways_px: 1, narrow_px: 60 };

/** What is wrong with the words of a screen in `language`, and with its shape on a desk and a phone. */
export async function wordFindings(page, name, language) {
  const found = [];
  await page.setViewportSize(sizes.desk);
  await settled(page);
  for (const text of await page.evaluate(visibleTexts)) {
    for (const key of text.match(KEY) ?? []) if (keys.has(key)) found.push(`key ${key}`);
    if (language === 'zh-CN' && !BILINGUAL.has(name) && ENGLISH.test(text)) found.push(`English “${text.slice(0, 80)}”`);
  }
  if (language === 'en' && !NAMED.has(name)) found.push(...(await page.evaluate(chineseLabels)).map((text) => `Chinese “${text}”`));
  for (const size of [sizes.desk, sizes.phone]) {
    await page.setViewportSize(size);
    await settled(page);
    found.push(...(await lastingShapeFaults(page)));
  }
  return found;
}

/** A page takes a moment to take on the shape of another window: only what stays wrong is a fault. */
async function lastingShapeFaults(page) {
  let faults = await page.evaluate(shapeFaults, LIMITS);
  for (let tries = 0; faults.length > 0 && tries < 20; tries += 1) {
    await page.waitForTimeout(250);
    faults = await page.evaluate(shapeFaults, LIMITS);
  }
  return faults;
}
