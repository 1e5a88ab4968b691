// JupyterLab on a pool with two cards: it shows the flavours, is refused by a quota, waits, and gets its turn. LAB_URL is
// the person's printed URL, SLUICE_TEST_TOKEN the administrator's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, complaints, kernelIs, menu, page, picture, step } from './browser.mjs';

const { LAB_URL, SLUICE_TEST_URL: url, SLUICE_TEST_TOKEN: token, LAB_USER: person } = process.env;
const ONE = '1 GPU (simulated)';
const CARDS = 'import os; print("cards:", len(os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")))';

browser({ width: 1360, height: 900 });

async function call(method, path, body) {
  const answer = await fetch(url + path, {
    method, headers: { Authorization: `token ${token}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body)
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

const waiting = async () => (await kernels()).filter(kernel => kernel.reason);
const kernels = () => call('GET', '/api/kernels');
const start = name => call('POST', '/api/kernels', { name });

async function until(wanted, what, timeout = 30_000) {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await wanted();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${timeout} ms`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** What is in front; Lab keeps the other tabs in the page. */
const notebook = () => page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
const output = text => notebook().locator('.jp-OutputArea-output', { hasText: text });
const prompt = text => notebook().locator('.jp-InputPrompt', { hasText: text });
const card = flavour => page.locator(`.jp-Launcher:visible .jp-LauncherCard[data-category="Notebook"][title="Python 3 (ipykernel) · ${flavour}"]`);

async function launcher() {
  await menu('File', /^New Launcher$/);
  await card(ONE).waitFor();
}

async function open(flavour) {
  await launcher();
  await card(flavour).click();
  await notebook().waitFor();
}

async function type(code) {
  await notebook().locator('.jp-CodeCell .cm-content').first().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(code);
}

async function run(code) {
  await type(code);
  await page.keyboard.press('Control+Enter');
}

step('the launcher shows each kernel with each flavour', async () => {
  await page.goto(LAB_URL);
  await page.getByText('Your kernels').waitFor();
  await page.getByRole('link', { name: /open jupyterlab/i }).click();
  await card('2 GPUs (simulated)').waitFor();
  const shown = await page.locator('.jp-LauncherCard[data-category="Notebook"]').allInnerTexts();
  assert.deepEqual(shown.map(text => text.trim()).filter(text => text.startsWith('Python 3')),
    ['CPU', '1 GPU (simulated)', '2 GPUs (simulated)', 'shared GPU (simulated)'].map(flavour => `Python 3 (ipykernel) · ${flavour}`));
  await picture('launcher-flavours', { height: 620 });
});

step('a notebook with a card sees that card', async () => {
  await open(ONE);
  await kernelIs('Idle');
  await run(CARDS);
  await output('cards: 1').waitFor();
  await picture('gpu-notebook');
});

step('a quota refuses, and its sentence is shown', async () => {
  await call('PUT', '/api/v1/quotas/teams/default', { gpus: 1 });
  await launcher();
  await card(ONE).click();
  const dialog = page.locator('.jp-Dialog');
  await dialog.getByText(/^Team default may use 1 GPU, 1 is in use/).waitFor();
  await picture('refused');
  await dialog.getByRole('button', { name: 'Ok' }).click();
  await dialog.getByText('Select kernel for').waitFor(); // and Lab asks which other it shall be
  await dialog.getByRole('button', { name: 'No Kernel' }).click();
  await call('DELETE', '/api/v1/quotas/teams/default');
});

let other; // the kernel that has the second card

step('with all cards taken a notebook opens, and its cell says what it waits for', async () => {
  other = await start('python3.gpu');
  await open(ONE);
  await picture('waiting-opened');
  await run(CARDS);
  await output('Waiting for a card: 2 of 2 are busy; you are 1st').waitFor();
  await prompt('[*]').waitFor();
  await picture('waiting');
  console.log(await waiting(), await page.locator('.jp-StatusBar-TextItem').allInnerTexts());
});

step('its turn comes: the line is gone, the output is there', async () => {
  await call('DELETE', `/api/kernels/${other.id}`);
  await output('cards: 1').waitFor();
  await picture('turn');
  await kernelIs('Idle');
  assert.equal(await output('Waiting').count(), 0);
  await menu('File', /^Save Notebook$/);
  await picture('saved');
});
