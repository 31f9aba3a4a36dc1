// A browser as the people of a consortium use it: sign in by role, look, check for accessibility.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const shotsFolder = resolve(import.meta.dirname, '..', 'shots');
const axeSource = readFileSync(join(import.meta.dirname, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** How long a screen may take to show what it should; the machine may be busy. */
const PATIENCE_MS = 20_000;

export const sizes = {
  desk: { width: 1366, height: 768 },
  wide: { width: 1920, height: 1080 },
  phone: { width: 390, height: 844 },
};

/** A browser; pages still open when it closes belong to a journey that failed, and are pictured. */
export async function launch() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
  const close = browser.close.bind(browser);
  browser.close = async () => {
    const left = browser.contexts().flatMap((context) => context.pages());
    for (const [at, page] of left.entries()) {
      const where = new URL(page.url()).pathname;
      console.error(`left open: ${where}`);
      await shot(page, `failed-${at}${where.replaceAll('/', '-')}`).catch(() => {});
    }
    await close();
  };
  return browser;
}

/** Demonstration accounts by role, and optionally by part of the organization's name. */
export async function account(url, role, org = '') {
  const accounts = await (await fetch(`${url}/api/demo/accounts`)).json();
  const found = accounts.find((one) => one.role === role && one.org_name.includes(org));
  assert.ok(found, `no demonstration account for ${role} at ${org || 'any organization'}`);
  return found;
}

/**
 * A page on which `role` is signed in. Collects what a user would never report: console errors,
 * failed requests, pages that threw.
 */
export async function signedIn(browser, url, role, { org, size = sizes.desk, language = 'zh-CN', scheme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: size, locale: language, timezoneId: 'Asia/Shanghai', colorScheme: scheme, acceptDownloads: true });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript((chosen) => localStorage.setItem('lianti.language', chosen), language);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('console', (message) => {
    // A refusal the user is shown (4xx) is logged by the browser too; only 5xx are faults.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
  });
  const { account_id } = await account(url, role, org);
  const signIn = await context.request.post(`${url}/api/demo/session`, { data: { account_id } });
  assert.equal(signIn.status(), 204);
  await page.goto(url);
  return Object.assign(page, {
    faults,
    async done() {
      assert.deepEqual(faults, []);
      await context.close();
    },
  });
}

/** Fails on serious and critical accessibility violations of what is on the page: of all rules, or of those named. */
export async function accessible(page, name, rules) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const found = await page.evaluate(async (only) => {
    const runOnly = only ? { type: 'rule', values: only } : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const result = await globalThis.axe.run(document, { runOnly, resultTypes: ['violations'] });
    return result.violations
      .filter((one) => one.impact === 'serious' || one.impact === 'critical')
      .map((one) => `${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join('; ')})`);
  }, rules);
  assert.deepEqual(found, [], `accessibility of ${name}`);
}

/** Keeps a picture in the ignored folder, for people to look at. */
export async function shot(page, name) {
  mkdirSync(shotsFolder, { recursive: true });
  await page.screenshot({ path: join(shotsFolder, `${name}.png`) });
}

/** The server under test, as `run.mjs` started it. */
export function serverUrl() {
  const url = process.env.LIANTI_URL;
  assert.ok(url, 'set LIANTI_URL, or run: node run.mjs');
  return url;
}
