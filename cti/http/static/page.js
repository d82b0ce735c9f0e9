// Shows the floor as /api/live tells it: a snapshot, then rows that changed, then records of calls that are over.
// It decides nothing and keeps nothing but the token, for this tab. Text of callers only ever becomes text nodes.

const RECORDS_SHOWN = 20;
const AGAIN_MS = [500, 1000, 2000, 5000];
const UNAUTHORIZED = 4401;
const SHUT = "closed-in-an-emergency"; // an alarm, too, but shown as a closure

const WORDS = {
  signed_out: ["signed out", "away"], ready: ["ready", "good"], not_ready: ["not ready", "warn"],
  ringing: ["ringing", "busy"], talking: ["talking", "busy"], holding: ["holding", "busy"],
  wrap_up: ["wrap-up", "warn"], unreachable: ["unreachable", "bad"],
  ivr: ["in the menu", "away"], waiting: ["waiting", "warn"],
  answered: ["answered", "good"], abandoned: ["abandoned", "bad"], served_by_ivr: ["served by IVR", "away"],
  timed_out: ["timed out", "bad"], overflowed: ["overflowed", "bad"], voicemail: ["left a message", "warn"],
  callback: ["to be rung back", "warn"], blocked: ["blocked", "bad"],
};
const ORDER = ["ringing", "talking", "holding", "wrap_up", "ready", "not_ready", "unreachable", "signed_out"];

const floor = { agents: new Map(), queues: new Map(), calls: new Map(), records: new Map(), closures: [], alarms: [] };
let centre = { time_zone: undefined, queues: {}, reasons: {} };
let token = sessionStorage.getItem("token") ?? "";
let aheadMs = 0; // this machine's clock less the service's
let failures = 0;

const byId = (id) => document.getElementById(id);
const now = () => Date.now() - aheadMs;
const words = (name) => WORDS[name] ?? [name.replaceAll("_", " "), "away"];
const titleOf = (queue) => floor.queues.get(queue)?.title || queue || "";

function element(tag, { text, className, since, children = [] } = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (since != null) { made.dataset.since = since; made.textContent = duration(now() - since); }
  if (text != null) made.textContent = text;
  made.append(...children);
  return made;
}

function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function clock(instant, options = { timeStyle: "medium" }) {
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: centre.time_zone }).format(instant);
}

const api = (path) => fetch(path, { headers: { Authorization: `Bearer ${token}` } });

// What is shown

function queueCard(queue) {
  const tone = queue.waiting === 0 ? "good" : queue.agents_free > 0 ? "warn" : "bad";
  const figure = (name, dd, className) => element("div", { className, children: [element("dt", { text: name }), dd] });
  const longest = queue.waiting_since_ms == null ? { text: "–" } : { since: queue.waiting_since_ms };
  return element("article", { className: `card ${tone}`, children: [
    element("h3", { text: queue.title || queue.name }),
    element("dl", { className: "figures", children: [
      figure("waiting", element("dd", { text: queue.waiting }), "first"),
      figure("longest wait", element("dd", longest)),
      figure("free / signed in", element("dd", { text: `${queue.agents_free} / ${queue.agents_signed_in}` })),
    ] }),
    element("p", { className: "note", text: queueNotes(queue) }),
    element("p", { className: "note", text: `since start: ${queue.left.answered} answered, ${queue.left.abandoned} abandoned, of ${queue.entered}` }),
  ] });
}

function queueNotes(queue) {
  const notes = [];
  if (!queue.open) notes.push("closed");
  if (queue.surge) notes.push(`surge since ${clock(queue.surge.since_ms, { timeStyle: "short" })} (${queue.surge.by}: ${queue.surge.why})`);
  else if (queue.blending) notes.push("agents of other work help out");
  if (queue.expected && queue.open) notes.push(`expected wait ${duration(queue.expected.median_ms)} to ${duration(queue.expected.most_ms)}`);
  return notes.join("; ");
}

function closureNote(closure) {
  const what = closure.calendar === "*" ? "The whole centre" : `Calendar ${closure.calendar}`;
  const heard = closure.announcement ? "callers hear a recorded announcement" : "callers hear the house's own words";
  return element("p", { className: "card bad", text: `${what} is shut since ${clock(closure.since_ms, { dateStyle: "short", timeStyle: "short" })} (${closure.by}: ${closure.why}); ${heard}.` });
}

function alarmNote(alarm) {
  const since = clock(alarm.since_ms, { dateStyle: "short", timeStyle: "short" });
  return element("details", { className: "card bad", children: [
    element("summary", { text: `${alarm.alarm.replaceAll("-", " ")}, ${alarm.where}, since ${since}: ${alarm.what}` }),
    element("p", { className: "note", text: alarm.to_do }),
  ] });
}

function agentCard(agent) {
  const [word, tone] = words(agent.state);
  const reason = centre.reasons[agent.reason]?.title ?? agent.reason.replaceAll("_", " ");
  const skills = Object.entries(agent.skills).map(([skill, level]) => `${skill} ${level}`).join(", ");
  const since = agent.since_ms == null || agent.state === "signed_out" ? { text: "" } : { since: agent.since_ms };
  return element("article", { className: `card ${agent.overdue ? "bad" : tone}`, children: [
    element("h3", { text: agent.name ? `${agent.number} ${agent.name}` : agent.number }),
    element("div", { className: "state", children: [element("span", { text: word }), element("span", since)] }),
    element("p", { className: "note", text: [reason, agent.overdue && "longer than allowed", agent.phone && `phone ${agent.phone}`, skills].filter(Boolean).join(" · ") }),
  ] });
}

function callRow(call) {
  const [word, tone] = words(call.state);
  return element("tr", { className: tone, children: [
    element("td", { text: word, className: "tone" }),
    element("td", { since: call.since_ms }),
    element("td", { text: [call.caller, call.caller_name].filter(Boolean).join(" "), className: "text" }),
    element("td", { text: call.dialled }),
    element("td", { text: titleOf(call.queue) }),
    element("td", { text: call.agent }),
    element("td", { since: call.arrived_ms }),
  ] });
}

function talkOf(record) {
  const mutedMs = record.mutes.reduce((sum, one) => sum + (new Date(one.ended_at) - new Date(one.started_at)), 0);
  return mutedMs > 0 ? `${duration(record.talk_ms)} (muted ${duration(mutedMs)})` : duration(record.talk_ms);
}

function recordRow(record) {
  const [word, tone] = words(record.outcome);
  const listen = element("td");
  record.recordings.forEach((recording, n) => {
    const button = element("button", { text: `Play ${duration(recording.duration_ms)}` });
    button.addEventListener("click", () => play(record, n));
    listen.append(button, " ");
  });
  return element("tr", { className: tone, children: [
    element("td", { text: clock(new Date(record.started_at)) }),
    element("td", { text: word, className: "tone" }),
    element("td", { text: [record.caller, record.caller_name].filter(Boolean).join(" "), className: "text" }),
    element("td", { text: record.dialled }),
    element("td", { text: titleOf(record.queue) }),
    element("td", { text: record.agent ?? "" }),
    element("td", { text: duration(record.wait_ms) }),
    element("td", { text: talkOf(record) }),
    listen,
  ] });
}

function fill(id, rows, columns) {
  const none = columns && rows.length === 0;
  const empty = none ? [element("tr", { children: [element("td", { text: "none", className: "none" })] })] : rows;
  if (none) empty[0].firstChild.colSpan = columns;
  byId(id).replaceChildren(...empty);
}

let drawing = false;
function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const agents = [...floor.agents.values()];
    agents.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.number.localeCompare(b.number));
    const calls = [...floor.calls.values()].sort((a, b) => a.arrived_ms - b.arrived_ms);
    const records = [...floor.records.values()].sort((a, b) => b.started_at.localeCompare(a.started_at));
    floor.records = new Map(records.slice(0, RECORDS_SHOWN).map((record) => [record.id, record]));
    byId("closures").hidden = floor.closures.length === 0;
    fill("closures", floor.closures.map(closureNote));
    byId("alarms").hidden = floor.alarms.length === 0;
    fill("alarms", floor.alarms.map(alarmNote));
    fill("queues", [...floor.queues.values()].map(queueCard));
    fill("agents", agents.map(agentCard));
    fill("calls", calls.map(callRow), 7);
    fill("records", [...floor.records.values()].map(recordRow), 9);
  });
}

function tick() {
  byId("clock").textContent = clock(now());
  for (const shown of document.querySelectorAll("[data-since]")) shown.textContent = duration(now() - shown.dataset.since);
}
setInterval(tick, 1000);
tick();

// What is heard

async function play(record, n) {
  const answer = await api(`/api/calls/${record.id}/recording?n=${n + 1}`);
  if (!answer.ok) return alert((await answer.json()).error.message);
  hush();
  const address = URL.createObjectURL(await answer.blob());
  byId("playing").textContent = `${clock(new Date(record.started_at))} ${record.dialled} ${record.agent ?? ""}`;
  byId("download").href = address;
  byId("download").download = answer.headers.get("Content-Disposition")?.match(/filename="([^"]+)"/)?.[1] ?? record.id;
  byId("audio").src = address;
  byId("player").hidden = false;
  byId("audio").play();
}

function hush() {
  if (byId("audio").src) URL.revokeObjectURL(byId("audio").src);
  byId("audio").removeAttribute("src");
  byId("player").hidden = true;
}
byId("silence").addEventListener("click", hush);

// What is told

function take(message) {
  if (message.snapshot) {
    aheadMs = Date.now() - message.snapshot.at_ms;
    for (const kind of ["agents", "queues", "calls"]) floor[kind].clear();
    put(message.snapshot);
  } else if (message.update) {
    put(message.update);
    for (const id of message.update.ended) floor.calls.delete(id);
  } else if (message.record) {
    floor.records.set(message.record.id, message.record);
  } else {
    return; // a fact: what it means for this page comes as an update
  }
  draw();
}

function put({ agents, queues, calls, closures, alarms }) {
  floor.closures = closures;
  floor.alarms = alarms.filter((one) => one.alarm !== SHUT);
  for (const agent of agents) floor.agents.set(agent.number, agent);
  for (const queue of queues) floor.queues.set(queue.name, queue);
  for (const call of calls) floor.calls.set(call.id, call);
}

async function refresh() {
  const [about, calls] = await Promise.all([api("/api/centre"), api(`/api/calls?limit=${RECORDS_SHOWN}`)]);
  if (about.ok) {
    centre = await about.json();
    byId("centre").textContent = document.title = centre.name;
    tick();
  }
  if (calls.ok) for (const record of (await calls.json()).calls) floor.records.set(record.id, record);
  draw();
}

function tell(up, text) {
  byId("link").dataset.link = up ? "up" : "down";
  byId("link").textContent = text;
}

function ask(text) {
  token = "";
  sessionStorage.removeItem("token");
  byId("floor").hidden = true;
  byId("door").hidden = false;
  tell(false, text);
  byId("token").focus();
}

function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`);
  socket.addEventListener("open", () => socket.send(token));
  socket.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    if (message.snapshot) {
      failures = 0;
      sessionStorage.setItem("token", token);
      byId("floor").hidden = false;
      tell(true, "live");
      refresh();
    }
    take(message);
  });
  socket.addEventListener("close", (event) => {
    if (event.code === UNAUTHORIZED) return ask("wrong token");
    tell(false, "no connection, trying again …");
    setTimeout(connect, AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)]);
  });
}

byId("door").addEventListener("submit", (event) => {
  event.preventDefault();
  token = byId("token").value.trim();
  byId("token").value = "";
  byId("door").hidden = true;
  connect();
});

if (location.hash.length > 1) {
  token = decodeURIComponent(location.hash.slice(1)).replace(/^token=/, "");
  history.replaceState(null, "", location.pathname);
}
if (token) connect();
else ask("a token is needed");
