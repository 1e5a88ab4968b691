// JupyterLab in a real browser. LAB_KIND says which: `served` by Sluice (from the printed URL on), or the user's `own`,
// started with --gateway-url. LAB_URL is the URL a person opens.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { browser, complaints, kernelIs, menu, page, picture, step, top } from './browser.mjs';

const { LAB_URL, LAB_KIND } = process.env;
const NOTEBOOK = '01-first-notebook.ipynb';
const served = LAB_KIND === 'served';

browser({ width: 1360, height: 2800 }); // tall: Lab renders only the cells one can see

const idle = () => kernelIs('Idle');

/** Puts the notebook where this Lab keeps its files, the way the upload button does, unless it is there already. */
async function provide(path) {
  const content = JSON.parse(readFileSync(join(top, 'notebooks', NOTEBOOK), 'utf8'));
  const status = await page.evaluate(async ({ path, content }) => {
    const config = JSON.parse(document.getElementById('jupyter-config-data').textContent);
    const xsrf = document.cookie.match(/_xsrf=([^;]*)/)?.[1];
    const headers = { 'Content-Type': 'application/json', ...(xsrf && { 'X-XSRFToken': xsrf }), ...(config.token && { Authorization: `token ${config.token}` }) };
    const url = `${config.baseUrl}api/contents/${path}`;
    const there = await fetch(`${url}?content=0`, { headers });
    if (there.ok) return there.status;
    return (await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ type: 'notebook', format: 'json', content }) })).status;
  }, { path, content });
  assert.ok([200, 201].includes(status), `upload of ${path}: ${status}`);
}

step('the printed URL leads to JupyterLab', async () => {
  await page.goto(LAB_URL);
  if (served) {
    await page.getByText('Your kernels').waitFor();
    assert.ok(!page.url().includes('token='), 'the token stays in the address bar');
    await picture('landing', { docs: true });
    await page.getByRole('link', { name: /open jupyterlab/i }).click();
  }
  await page.locator('#jp-main-dock-panel').waitFor();
  await page.locator('.jp-Launcher').first().waitFor();
  await page.locator('.jp-LauncherCard', { hasText: 'Python 3' }).first().waitFor();
  await picture(`${LAB_KIND}-launcher`, { docs: true });
});

step('the first notebook runs to its question and is answered', async () => {
  await provide(NOTEBOOK);
  await page.goto(page.url().replace(/\/lab.*$/, `/lab/tree/${NOTEBOOK}`));
  await page.locator('.jp-NotebookPanel').waitFor();
  await idle();
  await menu('Run', 'Run All Cells');
  const question = page.locator('.jp-Stdin-input');
  await question.waitFor();
  await question.fill('Ada');
  await question.press('Enter');
  await page.locator('.jp-OutputArea-output', { hasText: 'Hello, Ada.' }).waitFor();
});

step('the plot, the widget and the rich outputs are there', async () => {
  const plot = page.locator('.jp-RenderedImage img').first();
  await plot.waitFor();
  assert.ok(await plot.evaluate(image => image.complete && image.naturalWidth > 200));
  await page.locator('.jp-OutputArea-output .widget-slider').first().waitFor();
  await page.locator('.jp-RenderedHTML', { hasText: 'and HTML' }).waitFor();
  await page.locator('mjx-container, .MathJax').first().waitFor();
  await page.locator('.jp-OutputArea-output', { hasText: '100 % done' }).waitFor();
});

step('the loop is interrupted', async () => {
  // the last cell runs for ever
  await page.locator('.jp-InputPrompt', { hasText: '[*]' }).first().waitFor();
  await menu('Kernel', 'Interrupt Kernel');
  await page.locator('.jp-OutputArea-output', { hasText: 'KeyboardInterrupt' }).first().waitFor();
  await idle();
  assert.equal(await page.locator('.jp-InputPrompt', { hasText: '[*]' }).count(), 0);
});

step('the slider moves, the kernel answers', async () => {
  const label = page.locator('.jp-OutputArea-output .widget-label', { hasText: 'the mean of' }).last();
  const before = await label.textContent();
  const readout = page.locator('.jp-OutputArea-output .widget-readout').first();
  await readout.click();
  await readout.fill('200');
  await readout.press('Enter');
  await page.locator('.widget-label', { hasText: 'the mean of 200 steps' }).waitFor();
  assert.ok(before.includes('50 steps'));
  await picture(`${LAB_KIND}-first-notebook`, { docs: true, height: 1100, of: page.locator('.jp-OutputArea-output .widget-slider').first() });
});

step('a restart clears the variables', async () => {
  await menu('Kernel', /^Restart Kernel…$/);
  await page.locator('.jp-Dialog button', { hasText: 'Restart' }).click();
  await idle();
  await page.locator('.jp-Cell.jp-CodeCell').first().click();
  await page.keyboard.press('Shift+Enter');
  await page.locator('.jp-Cell.jp-CodeCell .jp-InputPrompt', { hasText: /^\[1\]:$/ }).first().waitFor();
});

step('the Lab shuts the kernel down', async () => {
  await menu('Kernel', /^Shut Down Kernel$/);
  await page.getByText('No Kernel').first().waitFor();
  if (served) {
    await page.goto(LAB_URL);
    await page.getByText('Your kernels').waitFor();
  }
});

test('nothing was wrong on the way', () => {
  assert.deepEqual(complaints, []);
  assert.ok(existsSync(join(top, 'notebooks', NOTEBOOK)));
});
