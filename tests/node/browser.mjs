// A browser and a walk through JupyterLab in it, step by step. SLUICE_SCREENSHOTS=1 renews docs/img; a folder's name
// there puts the pictures into that folder instead.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const { CHROMIUM = '/usr/bin/chromium', SLUICE_SCREENSHOTS: wanted } = process.env;
export const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const images = wanted === '1' ? join(top, 'docs', 'img') : wanted && resolve(wanted);
const results = join(top, 'tests', 'test-results');

/** What went wrong in the page without stopping the walk. */
export const complaints = [];
export let page;
let broken;

/** Opens the browser before the first step, and closes it after the last. */
export function browser(viewport) {
  let profile, context;
  before(async () => {
    profile = mkdtempSync(join(tmpdir(), 'lab-'));
    context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      viewport,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync']
    });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', error => complaints.push(error.stack ?? String(error)));
    page.on('response', response => {
      if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
    });
  });
  after(async () => {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  });
}

/** A step of one long walk: after one fails, the rest have nothing to stand on. A failure leaves a picture. */
export function step(name, options, walk = options) {
  test(name, typeof options === 'object' ? options : {}, async t => {
    if (broken) return t.skip(`after: ${broken}`);
    try {
      await walk();
    } catch (error) {
      broken = name;
      mkdirSync(results, { recursive: true });
      await page.screenshot({ path: join(results, `${name.replaceAll(/\W+/g, '-')}.png`) });
      throw error;
    }
  });
}

/** Of what is there now. Without `docs` it is for looking at only: it goes where a folder is named. */
export async function picture(name, { height = 900, of, docs = false } = {}) {
  if (!images || wanted === '1' && !docs) return;
  mkdirSync(images, { recursive: true });
  const before = page.viewportSize();
  await page.setViewportSize({ width: before.width, height });
  await of?.evaluate(element => element.scrollIntoView({ block: 'center' }));
  await page.waitForTimeout(600); // fonts and layout settle; nothing is asserted on it
  await page.screenshot({ path: join(images, `${name}.png`) });
  await page.setViewportSize(before);
}

export async function menu(title, item) {
  await page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${title}$`) }).click();
  await page.locator('.lm-Menu-itemLabel', { hasText: item }).first().click();
}

/** What the status bar says of the kernel in front: `Idle`, `Busy`, and also `Unknown` and `Connecting`. */
export const kernelIs = status => page.locator('.jp-StatusBar-TextItem', { hasText: `| ${status}` }).first().waitFor();
