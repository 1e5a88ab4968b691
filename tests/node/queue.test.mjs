// The served JupyterLab on a pool with two cards: it shows the flavours, is refused by a quota, waits, and gets its turn.
// LAB_URL is the printed URL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, complaints, kernelIs, menu, page, picture, step } from './browser.mjs';

const { LAB_URL, SLUICE_TEST_URL: url, SLUICE_TEST_TOKEN: token } = process.env;
const ONE = '1 GPU (simulated)';
const REASON = 'Waiting for a card: 2 of 2 are busy; you are 1st';
const CARDS = 'import os; print("cards:", len(os.environ["CUDA_VISIBLE_DEVICES"].split(",")))';

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
  await picture('flavours', { height: 620, docs: true });
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
  await dialog.locator('select').selectOption({ label: 'Python 3 (ipykernel) · CPU' });
  await dialog.locator('button', { hasText: /^Select$/ }).click();
  await kernelIs('Idle');
  await call('DELETE', '/api/v1/quotas/teams/default');
});

let other; // the kernel that has the second card

/** Lab's contents of what is saved. */
const saved = path => page.evaluate(async path => {
  const config = JSON.parse(document.getElementById('jupyter-config-data').textContent);
  return (await fetch(`${config.baseUrl}api/contents/${path}`)).json();
}, path);

/** Saves what is open; the first time Lab asks for a name. */
async function save() {
  await page.keyboard.press('Control+s');
  await page.locator('.jp-Dialog button', { hasText: 'Rename and Save' }).click();
  await page.locator('#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current.jp-mod-dirty').waitFor({ state: 'detached' });
}

const openPath = () => page.locator('#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current .lm-TabBar-tabLabel').innerText();

/** Gives the second card away. */
async function take() {
  other = await until(() => start('python3.gpu').then(kernel => !kernel.reason && kernel), 'a free card');
}

async function openWaiting() {
  await take();
  await open(ONE);
  await kernelIs('Starting');
}

async function closeAndShutDown() {
  const before = (await kernels()).length;
  await menu('File', /^Close and Shut Down Notebook…?$/);
  const sure = page.locator('.jp-Dialog button.jp-mod-accept');
  await until(async () => {
    if (await sure.isVisible()) await sure.click();
    return (await kernels()).length < before;
  }, 'its end');
}

const giveBack = () => call('DELETE', `/api/kernels/${other.id}`);

step('with all cards taken a notebook opens, and is starting', async () => {
  await openWaiting();
  await picture('waiting-opened');
});

step('its cell says what it waits for', async () => {
  await run(CARDS);
  await output(REASON).waitFor();
  await prompt('[*]').waitFor();
  await kernelIs('Busy');
  assert.equal((await waiting())[0].reason, REASON);
  await picture('waiting', { height: 420, docs: true });
});

step('its turn comes: the reason is gone, the output is there, and nothing else is saved', async () => {
  await giveBack();
  await output('cards: 1').waitFor();
  await kernelIs('Idle');
  assert.equal(await output('Waiting').count(), 0);
  await prompt('[1]').waitFor();
  await save();
  const file = (await saved(await openPath())).content;
  assert.deepEqual(file.cells[0].outputs.map(({ name, text }) => [name, text]), [['stdout', 'cards: 1\n']]);
  assert.ok(!JSON.stringify(file).includes('Waiting'));
  await picture('turn');
  await closeAndShutDown();
});

step('interrupted while it waits, it takes its cells back', async () => {
  await openWaiting();
  await run('print("never")');
  await output(REASON).waitFor();
  await page.locator('.jp-NotebookPanel:visible [data-command="notebook:interrupt-kernel"], .jp-NotebookPanel:visible .jp-ToolbarButtonComponent[data-command="notebook:interrupt-kernel"]').first().click();
  await prompt('[ ]').waitFor();
  await kernelIs('Starting');
  assert.equal(await output('Waiting').count(), 0);
  assert.equal(await prompt('[*]').count(), 0);
  await picture('interrupted');
});

step('restarted while it waits, it goes on waiting', async () => {
  await run('print("never")');
  await output(REASON).waitFor();
  await menu('Kernel', /^Restart Kernel…$/);
  await page.locator('.jp-Dialog button', { hasText: 'Restart' }).click();
  await kernelIs('Starting');
  await picture('restarted');
  assert.equal(await prompt('[*]').count(), 0);
  assert.equal((await waiting()).length, 1);
});

step('a page that is loaded again does not take its cells along', async () => {
  await run('seen = "what was sent before"');
  await output(REASON).waitFor();
  await save();
  await page.reload();
  await notebook().waitFor();
  await kernelIs('Starting');
  await picture('reloaded');
  await giveBack();
  await kernelIs('Idle');
  await run('print("seen:", seen)');
  await output('seen: what was sent before').waitFor();
  await picture('reloaded-turn');
  await closeAndShutDown();
});

step('shut down from the list of what runs, it leaves the queue', async () => {
  await openWaiting();
  await run('print("never")');
  await output(REASON).waitFor();
  await page.locator('.lm-TabBar-tab[data-id="jp-running-sessions"]').click();
  await page.locator('#jp-running-sessions').waitFor();
  await picture('running-panel');
  const path = await openPath();
  const row = page.locator('.jp-RunningSessions-item', { hasText: path }).filter({ hasNotText: 'Untitled.ipynb' });
  // shown only while the mouse is there
  await row.locator('[title="Shut Down"]').first().evaluate(button => button.click());
  await page.getByText('No Kernel').first().waitFor();
  assert.equal((await waiting()).length, 0);
  assert.ok((await kernels()).some(kernel => kernel.id === other.id));
  assert.equal(await output('never').count(), 0);
  await picture('withdrawn');
});

test('nothing was wrong on the way', () => {
  // Lab's widgets do not expect that a notebook's kernel is refused, its debugger not that one ends as it is opened
  assert.deepEqual(complaints.filter(each => !/@jupyter-widgets|Kernel is dead/.test(each)), []);
});
