// @jupyterlab/services, as JupyterLab, VS Code, thebe and others embed it, against SLUICE_TEST_URL / SLUICE_TEST_TOKEN.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { KernelManager, KernelSpecManager, ServerConnection, SessionManager } from '@jupyterlab/services';
import WebSocket from 'ws';

const { SLUICE_TEST_URL: baseUrl, SLUICE_TEST_TOKEN: token } = process.env;
if (!baseUrl) throw new Error('SLUICE_TEST_URL is not set: run this by tests/run');
const isSluice = 'gateway_version' in (await (await fetch(`${baseUrl}/api`)).json());
const onlySluice = reason => (isSluice ? {} : { skip: `not Sluice: ${reason}` });

/** Every socket that the library opens, so that a test can pull the cable. */
const sockets = new Set();
class Cable extends WebSocket {
  constructor(...args) {
    super(...args);
    sockets.add(this);
    this.on('close', () => sockets.delete(this));
  }
}

const serverSettings = ServerConnection.makeSettings({
  baseUrl: baseUrl + '/', wsUrl: baseUrl.replace(/^http/, 'ws') + '/', token, WebSocket: Cable, appendToken: true
});
const kernels = new KernelManager({ serverSettings });
const sessions = new SessionManager({ serverSettings, kernelManager: kernels });

after(async () => {
  sessions.dispose();
  kernels.dispose();
  // the managers' polls keep node alive
  setTimeout(() => process.exit(), 500).unref();
});

async function withKernel(use) {
  const kernel = await kernels.startNew({ name: 'python3' });
  try {
    await use(kernel);
  } finally {
    await kernel.shutdown().catch(() => undefined);
    kernel.dispose();
  }
}

function listen(future) {
  const seen = { text: '', messages: [] };
  future.onIOPub = message => {
    seen.messages.push(message);
    if (message.header.msg_type === 'stream') seen.text += message.content.text;
  };
  return seen;
}

async function execute(kernel, code, more = {}) {
  const future = kernel.requestExecute({ code, ...more });
  const seen = listen(future);
  seen.reply = (await future.done).content;
  return seen;
}

async function until(wanted, what, timeout = 20_000) {
  const end = Date.now() + timeout;
  while (!(await wanted())) {
    if (Date.now() > end) throw new Error(`${what} did not happen within ${timeout} ms`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

test('kernelspecs are read', async () => {
  const specs = new KernelSpecManager({ serverSettings });
  await specs.ready;
  assert.ok(specs.specs.kernelspecs.python3);
  assert.equal(specs.specs.kernelspecs[specs.specs.default].language, 'python');
  specs.dispose();
});

test('a kernel starts, executes, fails and completes', () =>
  withKernel(async kernel => {
    assert.equal((await kernel.info).language_info.name, 'python');
    const { text, messages, reply } = await execute(kernel, 'print("out"); 6 * 7');
    assert.equal(text, 'out\n');
    assert.equal(messages.find(m => m.header.msg_type === 'execute_result').content.data['text/plain'], '42');
    assert.equal(reply.status, 'ok');
    assert.equal((await execute(kernel, '1 / 0')).reply.ename, 'ZeroDivisionError');
    const { content } = await kernel.requestComplete({ code: 'prin', cursor_pos: 4 });
    assert.ok(content.matches.includes('print'));
    assert.equal((await kernel.requestInspect({ code: 'print', cursor_pos: 5, detail_level: 0 })).content.found, true);
  }));

test('a kernel asks, and is answered', () =>
  withKernel(async kernel => {
    const future = kernel.requestExecute({ code: 'print("hello " + input("name? "))', allow_stdin: true });
    const seen = listen(future);
    future.onStdin = message => kernel.sendInputReply({ value: 'ada', status: 'ok' }, message.header);
    await future.done;
    assert.equal(seen.text, 'hello ada\n');
  }));

test('comms carry binary buffers both ways', () =>
  withKernel(async kernel => {
    await execute(kernel, `
def opened(comm, message):
    comm.on_msg(lambda m: comm.send({'got': [len(b) for b in m['buffers']]}, buffers=[bytes(b)[::-1] for b in m['buffers']]))
get_ipython().kernel.comm_manager.register_target('echo', opened)`);
    const comm = kernel.createComm('echo');
    const answer = new Promise(resolve => (comm.onMsg = resolve));
    comm.open({});
    const sent = Uint8Array.from({ length: 100_000 }, (_, n) => n % 256);
    comm.send({}, {}, [sent.buffer, new ArrayBuffer(0)]);
    const message = await answer;
    assert.deepEqual(message.content.data.got, [100_000, 0]);
    const bytes = new Uint8Array(message.buffers[0].buffer ?? message.buffers[0], message.buffers[0].byteOffset ?? 0, message.buffers[0].byteLength);
    assert.deepEqual(bytes, sent.toReversed?.() ?? Uint8Array.from(sent).reverse());
    const closed = new Promise(resolve => (comm.onClose = resolve));
    await comm.close().done;
    await closed;
  }));

test('the kernel opens a comm towards the client', () =>
  withKernel(async kernel => {
    const opened = new Promise(resolve => kernel.registerCommTarget('ours', (comm, message) => resolve([comm, message])));
    await execute(kernel, `from comm import create_comm\nc = create_comm('ours', data={'a': 1}, buffers=[b'\\x00\\xff'])`);
    const [, message] = await opened;
    assert.equal(message.content.data.a, 1);
    assert.equal(message.buffers[0].byteLength, 2);
  }));

test('ten megabytes of output', onlySluice('stock’s data rate limit drops it'), () =>
  withKernel(async kernel => {
    const { text } = await execute(kernel, 'print("x" * (10 << 20))');
    assert.equal(text.length, (10 << 20) + 1);
  }));

test('five thousand prints, every one in order', onlySluice('stock’s rate limit drops 40 %'), () =>
  withKernel(async kernel => {
    const { text } = await execute(kernel, 'for i in range(5000): print(i, flush=True)');
    assert.deepEqual(text.trim().split('\n'), Array.from({ length: 5000 }, (_, n) => String(n)));
  }));

test('a loop is interrupted', () =>
  withKernel(async kernel => {
    const future = kernel.requestExecute({ code: 'import time\nprint("in", flush=True)\nwhile True: time.sleep(0.05)' });
    const seen = listen(future);
    await until(() => seen.text === 'in\n', 'the loop');
    await kernel.interrupt();
    assert.equal((await future.done).content.ename, 'KeyboardInterrupt');
    assert.equal((await execute(kernel, 'print(1)')).text, '1\n');
  }));

test('the socket is lost in the middle of a run, and nothing else', () =>
  withKernel(async kernel => {
    await kernel.info;
    const future = kernel.requestExecute({ code: 'import time\nfor n in range(20): print(n, flush=True); time.sleep(0.1)' });
    const seen = listen(future);
    await until(() => seen.text.includes('3\n'), 'the first lines');
    const statuses = [];
    kernel.connectionStatusChanged.connect((_, status) => statuses.push(status));
    assert.ok(sockets.size > 0);
    for (const socket of sockets) socket.terminate();
    await until(() => statuses.includes('connecting'), 'the loss');
    const reply = await future.done;
    assert.equal(reply.content.status, 'ok');
    assert.deepEqual(seen.text.trim().split('\n'), Array.from({ length: 20 }, (_, n) => String(n)));
    assert.equal(kernel.connectionStatus, 'connected');
  }));

test('a restart clears the variables and keeps the connection', () =>
  withKernel(async kernel => {
    await execute(kernel, 'x = 1');
    const statuses = [];
    kernel.statusChanged.connect((_, status) => statuses.push(status));
    await kernel.restart();
    assert.equal((await execute(kernel, 'x')).reply.ename, 'NameError');
    assert.ok(statuses.includes('restarting'), statuses.join());
  }));

test('a crash is seen, told, and recovered from', () =>
  withKernel(async kernel => {
    await kernel.info;
    const statuses = [];
    kernel.statusChanged.connect((_, status) => statuses.push(status));
    kernel.requestExecute({ code: 'import os; os.kill(os.getpid(), 9)' }).done.catch(() => undefined);
    await until(() => statuses.includes('autorestarting'), 'autorestarting');
    await until(() => statuses.at(-1) === 'idle', 'idle again');
    assert.equal((await execute(kernel, 'print("back")')).text, 'back\n');
  }));

test('a crash answers what was waiting', onlySluice('stock leaves it without an answer'), () =>
  withKernel(async kernel => {
    await kernel.info;
    const dying = kernel.requestExecute({ code: 'import os, time; time.sleep(0.3); os.kill(os.getpid(), 9)' });
    // the library itself cancels its futures on autorestarting; what must not happen is to wait for ever
    const outcome = await Promise.race([dying.done.then(reply => reply.content.status, () => 'cancelled'),
      new Promise(resolve => setTimeout(resolve, 20_000, 'nothing'))]);
    assert.ok(['error', 'cancelled', 'aborted'].includes(outcome), outcome);
  }));

test('a session is made, renamed, given another kernel, and deleted', async () => {
  const path = `tests-${Math.random()}.ipynb`;
  const session = await sessions.startNew({ path, name: 'a', type: 'notebook', kernel: { name: 'python3' } });
  try {
    assert.equal((await execute(session.kernel, 'print(1)')).text, '1\n');
    const first = session.kernel.id;
    await session.setPath('moved-' + path);
    await session.setName('b');
    await session.setType('console');
    assert.deepEqual([session.path, session.name, session.type], ['moved-' + path, 'b', 'console']);
    await session.changeKernel({ name: 'python3' });
    assert.notEqual(session.kernel.id, first);
    assert.equal((await execute(session.kernel, 'print(2)')).text, '2\n');
    await sessions.refreshRunning();
    assert.ok([...sessions.running()].some(model => model.id === session.id));
  } finally {
    await session.shutdown();
  }
  await sessions.refreshRunning();
  assert.ok(![...sessions.running()].some(model => model.id === session.id));
});

test('two clients of one kernel', () =>
  withKernel(async kernel => {
    const second = kernels.connectTo({ model: kernel.model });
    await second.info;
    const heard = [];
    second.anyMessage.connect((_, { msg, direction }) => {
      if (direction === 'recv' && msg.header.msg_type === 'stream') heard.push(msg.content.text);
    });
    await execute(kernel, 'print("both")');
    await until(() => heard.includes('both\n'), 'the other client hearing it');
    assert.equal((await execute(second, 'print("mine")')).text, 'mine\n');
    second.dispose();
  }));

test('a kernel that somebody else deletes is dead here too', onlySluice('stock leaves the websocket open and silent'), async () => {
  const kernel = await kernels.startNew({ name: 'python3' });
  await kernel.info;
  await fetch(`${baseUrl}/api/kernels/${kernel.id}`, { method: 'DELETE', headers: { Authorization: `token ${token}` } });
  await until(() => kernel.status === 'dead' || kernel.isDisposed, 'dead');
});

test('thirty executes at once are answered in order', () =>
  withKernel(async kernel => {
    const order = [];
    await Promise.all(Array.from({ length: 30 }, (_, n) => execute(kernel, `print(${n})`).then(seen => order.push([n, seen.text]))));
    assert.deepEqual(order, Array.from({ length: 30 }, (_, n) => [n, `${n}\n`]));
  }));
