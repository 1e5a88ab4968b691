"use strict";
// The landing page: kernels and the pool's state by polling, tokens on request. No framework, nothing from elsewhere.
const base = document.body.dataset.base;
const user = document.body.dataset.user;
const byId = (id) => document.getElementById(id);

function xsrf() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("_xsrf="));
  return cookie ? cookie.slice("_xsrf=".length) : "";
}

async function ask(method, path, body) {
  const headers = { "X-XSRFToken": xsrf() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401) {
    location.assign(base + "/login");
    throw new Error("You are signed out.");
  }
  const json = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error((json && (json.detail || json.message)) || answer.statusText);
  return json;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function trouble(error) {
  byId("trouble").textContent = error ? error.message : "";
  byId("trouble").hidden = !error;
}

function ago(text) {
  const seconds = Math.max(0, (Date.now() - Date.parse(text)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min ago";
  if (seconds < 86400) return Math.floor(seconds / 3600) + " h ago";
  return new Date(text).toLocaleDateString();
}

function button(text, label, className, act) {
  const made = element("button", { type: "button", textContent: text, className });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await act();
      trouble(null);
    } catch (error) {
      trouble(error);
      made.disabled = false;
    }
  });
  return made;
}

// Rows are kept while they are the same, so that a poll never takes the focus from a button.
const rows = new Map();

function kernelRow(kernel) {
  const shown = JSON.stringify([kernel.state, kernel.reason, ago(kernel.lastActivity), kernel.owner]);
  const kept = rows.get(kernel.id);
  if (kept && kept.shown === shown) return kept.row;
  const focused = kept && kept.row.contains(document.activeElement) ? document.activeElement.textContent : null;
  const state = element("span", { className: "state " + kernel.state }, element("span", { textContent: kernel.state }));
  const name = kernel.owner === user ? kernel.name : kernel.name + " · " + kernel.owner;
  const actions = element("td", { className: "actions" },
    button("Restart", "Restart " + kernel.name + " " + kernel.id, "", async () => {
      await ask("POST", "/api/kernels/" + kernel.id + "/restart");
      rows.delete(kernel.id);
      await kernels();
    }), " ",
    button("Stop", "Stop " + kernel.name + " " + kernel.id, "danger", async () => {
      await ask("DELETE", "/api/kernels/" + kernel.id);
      await kernels();
    }));
  const row = element("tr", {},
    element("td", { textContent: name }),
    element("td", {}, state, kernel.reason ? element("div", { className: "soft small", textContent: kernel.reason }) : ""),
    element("td", { textContent: ago(kernel.lastActivity) }),
    element("td", { className: "wide soft" }, element("code", { textContent: kernel.id.slice(0, 8), title: kernel.id })),
    actions);
  rows.set(kernel.id, { row, shown });
  if (focused) requestAnimationFrame(() => [...row.querySelectorAll("button")].find((one) => one.textContent === focused)?.focus());
  return row;
}

async function kernels() {
  const list = await ask("GET", "/api/v1/kernels");
  for (const id of [...rows.keys()]) if (!list.some((kernel) => kernel.id === id)) rows.delete(id);
  const wanted = list.map(kernelRow);
  const body = byId("kernels");
  if (wanted.length !== body.children.length || wanted.some((row, at) => row !== body.children[at])) body.replaceChildren(...wanted);
  byId("kernels-empty").hidden = list.length > 0;
  byId("kernels-table").hidden = list.length === 0;
  const busy = list.filter((kernel) => kernel.state === "busy").length;
  const starting = list.filter((kernel) => kernel.state === "starting").length;
  const alive = list.filter((kernel) => kernel.state !== "dead").length - starting;
  byId("kernels-count").textContent = list.length === 0 ? "" : alive + " running, " + busy + " busy" + (starting ? ", " + starting + " starting" : "");
  byId("kernels-title").textContent = list.some((kernel) => kernel.owner !== user) ? "Everybody's kernels" : "Your kernels";
}

async function pool() {
  const status = await ask("GET", "/api/v1/status");
  const node = status.node || {};
  byId("sandbox").textContent = node.warning || "";
  byId("sandbox").hidden = !node.warning;
  const parts = [status.connected ? "Node " + node.node : "No node is connected: kernels cannot be reached now"];
  if (status.connected) parts.push(...(node.gpus || []), "Sandbox: " + node.sandbox, node.kernels + (node.kernels === 1 ? " kernel in all" : " kernels in all"));
  parts.push("Sluice " + status.version);
  byId("pool").replaceChildren(...parts.map((text) => element("span", { textContent: text })));
}

const percent = (part) => (100 * part).toFixed(1) + "%";
const gibibytes = (bytes) => (bytes / 2 ** 30).toFixed(bytes < 10 * 2 ** 30 && bytes % 2 ** 30 ? 1 : 0);
const plain = (number) => String(Math.round(number * 100) / 100);

function gpu(card) {
  const others = Math.max(0, card.leased - card.yours);
  const said = card.health !== "ok" ? card.health
    : card.leased === 0 ? "free"
    : [card.yours ? "yours " + percent(card.yours).replace(".0%", "%") : "", others ? "others " + percent(others).replace(".0%", "%") : ""].filter(Boolean).join(" · ");
  const bar = element("div", { className: "bar", title: said },
    element("span", { className: "mine" }), element("span", { className: "others" }));
  bar.children[0].style.width = percent(card.yours);
  bar.children[1].style.width = percent(others);
  const figures = [
    card.memoryUsedBytes === null ? gibibytes(card.memoryBytes) + " GiB" : gibibytes(card.memoryUsedBytes) + " of " + gibibytes(card.memoryBytes) + " GiB",
    card.utilization === null ? "" : Math.round(card.utilization) + "% busy"];
  return element("div", { className: "gpu" + (card.health === "ok" ? "" : " lost") },
    element("header", {}, element("span", { textContent: card.index + " · " + card.model }), element("span", { className: "soft", textContent: said })),
    bar,
    element("p", { className: "soft small", textContent: figures.filter(Boolean).join(", ") }));
}

function quota(teams) {
  const [first] = teams;
  if (!first) return "";
  // Of one's own, the team's and the pool's limits, the one with least left.
  const nearest = (what) => first.levels.filter((level) => level[what].limit !== null)
    .sort((one, other) => (one[what].limit - one[what].used) - (other[what].limit - other[what].used))[0];
  const words = (what, noun) => {
    const own = first.levels[0][what];
    const level = nearest(what);
    if (!level) return own.used > 0 || what === "gpus" ? plain(own.used) + " " + noun : "";
    const whose = level === first.levels[0] ? "" : level.account === "" ? " (the pool)" : " (team " + level.account + ")";
    return plain(level[what].used) + " of " + plain(level[what].limit) + " " + noun + whose;
  };
  return [words("gpus", "GPUs"), words("gpuHours", "GPU-hours this month")].filter(Boolean).join(" · ");
}

async function gpus() {
  const cards = await ask("GET", "/api/v1/gpus");
  byId("gpus-card").hidden = cards.length === 0;
  if (cards.length === 0) return;
  byId("gpus").replaceChildren(...cards.map(gpu));
  byId("gpus-quota").textContent = quota(await ask("GET", "/api/v1/me/quota"));
  const queue = await ask("GET", "/api/v1/queue");
  byId("gpus-queue").textContent = queue.length === 0 ? "" : queue.length === 1 ? "1 kernel waits: " + queue[0].reason : queue.length + " kernels wait.";
}

async function tokens() {
  const me = await ask("GET", "/api/v1/me");
  const list = await ask("GET", "/api/v1/tokens");
  byId("tokens").replaceChildren(...list.map((token) => {
    const own = token.id === me.tokenId;
    const revoke = button("Revoke", "Revoke the token " + token.label, "danger", async () => {
      if (own && !confirm("You are signed in with this token. Revoke it and sign out?")) {
        await tokens();
        return;
      }
      await ask("DELETE", "/api/v1/tokens/" + token.id);
      await tokens();
    });
    return element("tr", {},
      element("td", {}, token.label, own ? element("span", { className: "soft", textContent: " · in use here" }) : ""),
      element("td", {}, element("code", { textContent: token.prefix + "…" })),
      element("td", { className: "wide", textContent: token.lastUsedAt ? ago(token.lastUsedAt) : "never" }),
      element("td", { textContent: token.expiresAt ? new Date(token.expiresAt).toLocaleDateString() : "never" }),
      element("td", { className: "actions" }, revoke));
  }));
}

async function issue(event) {
  event.preventDefault();
  const form = event.target;
  try {
    const lifetime = form.lifetime.value;
    const issued = await ask("POST", "/api/v1/tokens", { label: form.label.value, expiresInSeconds: lifetime ? Number(lifetime) : null });
    form.reset();
    byId("fresh").hidden = false;
    byId("fresh-secret").value = issued.token;
    byId("fresh-secret").focus();
    byId("fresh-secret").select();
    trouble(null);
    await tokens();
  } catch (error) {
    trouble(error);
  }
}

async function copy(target, told) {
  const text = target.value !== undefined ? target.value : target.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no clipboard over plain http from afar: select it, so that Ctrl+C does
    if (target.select) target.select();
    else getSelection().selectAllChildren(target);
    if (!document.execCommand("copy")) return;
  }
  const before = told.textContent;
  told.textContent = "Copied";
  setTimeout(() => { told.textContent = before; }, 1500);
}

function way(title, note, command) {
  const pre = element("pre", { tabIndex: 0 }, element("code", { textContent: command }));
  const button = element("button", { type: "button", textContent: "Copy" });
  button.setAttribute("aria-label", "Copy the command for " + title);
  button.addEventListener("click", () => copy(pre.firstChild, button));
  const told = element("div", {}, element("h3", { textContent: title }));
  if (note) told.append(element("p", { className: "soft small", textContent: note }));
  told.append(element("div", { className: "command" }, pre, button));
  return told;
}

function ways() {
  const url = location.origin + base;
  byId("ways").replaceChildren(
    way("JupyterLab on your machine", "", 'jupyter lab --gateway-url=' + url + ' --GatewayClient.auth_token="$SLUICE_TOKEN"'),
    way("VS Code", "Notebook: Select Kernel → Existing Jupyter Server… → paste this with your token in place of the dots.", url + "/?token=…"),
    way("papermill, nbclient", "The token goes into the address, since these send none with a WebSocket.",
      "export JUPYTER_GATEWAY_URL=" + url + "/t/$SLUICE_TOKEN\n" +
      "python - <<'EOF'\n" +
      "import papermill\n" +
      "from jupyter_server.gateway.managers import GatewayKernelManager\n" +
      'papermill.execute_notebook("in.ipynb", "out.ipynb", kernel_manager_class=GatewayKernelManager)\n' +
      "EOF"),
    way("The REST API", "", 'curl -H "Authorization: token $SLUICE_TOKEN" ' + url + "/api/kernels"));
}

function every(milliseconds, work) {
  const turn = async () => {
    if (document.visibilityState === "visible") {
      try {
        await work();
        if (work === kernels) trouble(null);
      } catch (error) {
        trouble(error);
      }
    }
    setTimeout(turn, milliseconds);
  };
  turn();
}

byId("xsrf").value = xsrf();
byId("name").hidden = byId("name").firstChild.textContent === user;
byId("issue").addEventListener("submit", issue);
for (const told of document.querySelectorAll("[data-copy]")) told.addEventListener("click", () => copy(byId(told.dataset.copy), told));
ways();
tokens().catch(trouble);
every(2500, kernels);
every(5000, gpus);
every(10000, pool);
