// What changes while one looks: parts that follow what happens, and alarms that ring. The stream says only what kind of
// thing happened; parts that care fetch themselves anew and take over what is different. What somebody has typed, chosen,
// opened or scrolled to stays as it is.
"use strict";

(() => { // names of its own

const SCRIPT = document.currentScript.dataset;
const PAUSE = 1000; // at least so long between two refreshes

const follow = (since) => {
  if (!("SharedWorker" in window)) return followAlone(since);
  const { port } = new SharedWorker(SCRIPT.stream, { name: `staff ${SCRIPT.me}` });
  port.onmessage = ({ data }) => (data.writing ? showWriting(data.writing) : hear(data));
  port.postMessage({ since });
  addEventListener("pagehide", () => port.postMessage({ leaves: true }));
  addEventListener("pageshow", (event) => { if (event.persisted) { port.postMessage({ since: "" }); hear(["*"]); } });
};

const followAlone = (since) => {
  let place = since;
  const stream = new EventSource(`/console/live?since=${since}`);
  stream.onmessage = (event) => { place = event.lastEventId; hear(event.data.split(" ")); };
  stream.addEventListener("writing", ({ data }) => showWriting(data));
  stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) setTimeout(() => followAlone(place), 20000); };
  addEventListener("pagehide", () => stream.close());
};

// Which colleague writes in which talk, forgotten after a while without another word of it.
const WRITES = 10000;
let silent = 0;
const showWriting = (said) => {
  const [talk, who, name] = said.split(" ");
  const place = document.querySelector(`[data-writes="${CSS.escape(talk)}"]`);
  if (!place || who === SCRIPT.me) return;
  place.textContent = tr("{name}正在回复…", { name: decodeURIComponent(name) });
  clearTimeout(silent);
  silent = setTimeout(() => { place.textContent = ""; }, WRITES);
};

const hear = (kinds) => {
  const concerns = (wanted) => kinds.some((kind) => kind === "*" || kind === wanted || kind.startsWith(`${wanted}.`));
  if (concerns("task")) loadAlarms();
  if ([...document.querySelectorAll("[data-live]")].some((part) => part.dataset.live.split(" ").some(concerns))) wish();
};

// ------------------------------------------------------------------ parts that follow

let due = 0;
let last = Date.now();
let composing = false; // Chinese is being put together: nothing moves under it
document.addEventListener("compositionstart", () => { composing = true; });
document.addEventListener("compositionend", () => { composing = false; });

const wish = () => { due ||= setTimeout(refresh, Math.max(100, last + PAUSE - Date.now())); };

// What time alone changes, such as a window that closes, is looked at every so many seconds while somebody looks.
setInterval(() => {
  const every = document.querySelector("[data-every]")?.dataset.every;
  if (every && !document.hidden && Date.now() - last >= every * 1000) wish();
}, 1000);

const refresh = async () => {
  due = 0;
  last = Date.now();
  const fresh = await read(location.href);
  if (!fresh) return;
  if (composing) return wish();
  const parts = new Map([...fresh.querySelectorAll("[data-live]")].map((part) => [part.id, part]));
  document.querySelectorAll("[data-live]").forEach((part) => { if (parts.has(part.id)) renew(part, parts.get(part.id), fresh); });
};

const read = async (address) => {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return null; // signed out, or gone: what stands here stays readable
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null; // no connection; the stream comes back and tells again
  }
};

const FIELDS = "input:not([type=hidden]), textarea, select";

function renew(part, fresh, page) {
  const focus = document.activeElement;
  const caret = part.contains(focus) && "selectionStart" in focus ? [focus.selectionStart, focus.selectionEnd] : null;
  const changed = [...part.querySelectorAll(FIELDS)].filter(isChanged).map((field) => [field, stateOf(field)]);
  const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 40;
  morph(part, fresh, page);
  changed.forEach(([field, state]) => { if (field.isConnected) restore(field, state); });
  if (focus !== document.activeElement && focus?.isConnected) {
    focus.focus({ preventScroll: true });
    if (caret?.[0] != null) focus.setSelectionRange(...caret);
  }
  if (part.matches(".talk") && atEnd) part.scrollTop = part.scrollHeight;
  if (window.htmx) htmx.process(part);
}

const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
const ownChoice = (select) => Math.max([...select.options].findLastIndex((option) => option.defaultSelected), 0);

function isChanged(field) {
  if (field.localName === "select") return field.selectedIndex !== ownChoice(field);
  return isTicked(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

const stateOf = (field) => (isTicked(field) ? field.checked : field.value);

function restore(field, state) {
  if (isTicked(field)) field.checked = state;
  else if (field.value !== state) field.value = state;
}

// Makes `old` like `fresh` without replacing what is the same; nodes belong together by what they are, see `signature`.
function morph(old, fresh, page) {
  if (old.matches("[data-keep], form[data-sent]")) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !isOurs(old, name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !isOurs(old, name)) old.setAttribute(name, value);
  if (old.localName === "textarea") { if (!isChanged(old)) old.value = fresh.defaultValue; old.defaultValue = fresh.defaultValue; return; }
  const left = new Map();
  for (const node of old.childNodes) left.set(signature(node), [...(left.get(signature(node)) ?? []), node]);
  const wanted = [...fresh.childNodes].map((node) => [left.get(signature(node))?.shift(), node]);
  [...left.values()].flat().forEach((node) => leave(node, page));
  let place = old.firstChild;
  for (const [mine, node] of wanted) {
    while (place?.dataset && "kept" in place.dataset) place = place.nextSibling;
    if (!mine) { old.insertBefore(document.importNode(node, true), place); continue; }
    if (mine === place) place = place.nextSibling;
    else if (old.moveBefore) old.moveBefore(mine, place);
    else old.insertBefore(mine, place);
    if (mine.nodeType === Node.ELEMENT_NODE) morph(mine, node, page);
    else if (mine.data !== node.data) mine.data = node.data;
  }
  if (old.matches("input:not([type=hidden])") && !isChanged(old) && isTicked(old)) old.checked = fresh.defaultChecked;
  if (old.localName === "select") old.selectedIndex = ownChoice(old);
}

// What belongs to the person looking: which details are open, and the key of a form that may be on its way.
const isOurs = (node, name) => (node.localName === "details" && name === "open") || (node.name === "once" && name === "value");

function signature(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
  const of = (name) => node.getAttribute(name) ?? "";
  const value = node.matches("option, button, [type=radio], [type=checkbox]") ? of("value") : "";
  return [node.nodeName, node.id, of("name"), of("type"), of("action"), of("formaction"), of("href"), value].join(" ");
}

// Takes away what is no longer there; what somebody has written or chosen in it stays readable, with what happened.
function leave(node, page) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.remove();
  if ("kept" in node.dataset) return undefined;
  const changed = [...(node.matches(FIELDS) ? [node] : node.querySelectorAll(FIELDS))].filter(isChanged);
  if (!changed.length) return node.remove();
  const [note, typed] = [document.createElement("div"), document.createElement("dl")];
  note.dataset.kept = "";
  note.className = "alert alert-warning kept";
  note.setAttribute("role", "status");
  const title = node.querySelector("h2, h3, legend")?.textContent.trim().replace(/\s+/g, " ");
  const ended = node.id && page.querySelector(`[data-ended="${CSS.escape(node.id)}"]`)?.textContent.trim();
  const said = document.createElement("p");
  said.textContent = `${ended ? tr("同事刚刚办结了“{ended}”。", { ended }) : title ? tr("“{title}”刚刚被处理了，或者不在了。", { title }) : tr("这里刚刚有了变化。")}${tr("您填的还没有提交，留在这里：")}`;
  changed.filter((field) => field.type !== "radio" || field.checked).forEach((field) => typed.append(...told(field)));
  const done = document.createElement("button");
  Object.assign(done, { type: "button", className: "btn btn-sm", textContent: tr("知道了") });
  done.addEventListener("click", () => note.remove());
  note.append(said, typed, done);
  node.replaceWith(note);
}

function told(field) {
  const [name, value] = [document.createElement("dt"), document.createElement("dd")];
  name.textContent = field.labels?.[0]?.textContent.trim() || field.getAttribute("aria-label") || tr("您填的");
  value.textContent = field.localName === "select" ? field.selectedOptions[0]?.textContent : isTicked(field) ? (field.checked ? tr("选了") : tr("没有选")) : field.value;
  return [name, value];
}

// ------------------------------------------------------------------ alarms

const RING_EVERY = 8000;
const bar = document.querySelector("#alarms");
const title = document.title;
const opener = document.querySelector("#sound");
let sound = null;

const waiting = () => Number(bar.querySelector("[data-count]")?.dataset.count ?? 0);

async function loadAlarms() {
  const fresh = await read("/console/alarms");
  const alarms = fresh?.querySelector("[data-count]");
  if (!alarms) return;
  if (bar.firstElementChild) morph(bar.firstElementChild, alarms, fresh);
  else bar.append(document.importNode(alarms, true));
  document.title = waiting() ? `（${waiting()}）${title}` : title;
  ring();
}

// Two short tones, again and again until nobody waits; of several open pages one rings.
function ring() {
  offer();
  if (!waiting() || sound?.state !== "running") return;
  const now = Date.now();
  if (now - Number(localStorage.getItem("rang") ?? 0) < RING_EVERY - 500) return;
  localStorage.setItem("rang", now);
  for (const [after, pitch] of [[0, 880], [0.35, 660]]) beep(sound.currentTime + after, pitch);
  bar.dataset.rang = String(now);
}

function beep(at, pitch) {
  const [tone, volume] = [sound.createOscillator(), sound.createGain()];
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.35, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
  tone.connect(volume).connect(sound.destination);
  tone.start(at);
  tone.stop(at + 0.32);
}

// Browsers let a page sound only after somebody has touched it. Asked for once; later only where an alarm stands unheard.
function offer() {
  if (opener) opener.hidden = sound?.state === "running" || (localStorage.getItem("sound") === "on" && !waiting());
}

async function openSound() {
  sound ??= new AudioContext();
  await sound.resume();
  ring();
}

// What the gate decides is heard as well: a high tone for yes, two low ones for no. A page that is loaded again is silent, and so is a
// browser that wants to be touched first.
async function sayVerdict(shown) {
  const { verdict, sounds } = shown.dataset;
  if (sessionStorage.getItem("verdict") === sounds) return;
  sessionStorage.setItem("verdict", sounds);
  sound ??= new AudioContext();
  await sound.resume();
  for (const [after, pitch] of verdict === "yes" ? [[0, 1040]] : [[0, 330], [0.35, 262]]) beep(sound.currentTime + after, pitch);
  shown.dataset.heard = sounds;
}

const verdict = document.querySelector("[data-verdict][data-sounds]");
if (verdict) sayVerdict(verdict);

opener?.addEventListener("click", () => localStorage.setItem("sound", "on"));
for (const touch of ["pointerup", "keydown"]) addEventListener(touch, openSound, { once: true });

setInterval(ring, 1000);
loadAlarms();
follow(document.body.dataset.since ?? "");
})();
