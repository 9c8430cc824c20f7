// The gate without a network: decides by what was taken along, keeps a journal, and brings it back.
"use strict";

const $ = (id) => document.getElementById(id);
const load = (name, usual) => JSON.parse(localStorage.getItem(name) ?? "null") ?? usual;
const save = (name, value) => localStorage.setItem(name, JSON.stringify(value));
const now = () => Math.floor(Date.now() / 1000);

const STALE = Number(document.body.dataset.staleHours) * 3600;
const DAY = 86400;
const SHANGHAI = 8 * 3600; // no summer time
const CLOCK = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
const SLIP = 600;
const LINES = 100;
const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ALPHABET = document.body.dataset.alphabet;
const GAPS = /[\s\-—_.·\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;
const WORDS = {
  unknown: tr("名单里没有这张通行证，请与住户联系"),
  forged: tr("二维码是伪造的或损坏的，不要放行"),
  early: tr("还没到预约时间"),
  over: tr("已过期"),
  hours: tr("不在约好的时间"),
  used: tr("超过约的人数"),
  cancelled: tr("已取消，不要放行"),
  unread: tr("这台手机不能核对二维码，请输入 6 位通行码"),
};

// ------------------------------------------------------------------ what is known

let known = load("gate.known", null);
let journal = load("gate.journal", []);
let wrong = load("gate.wrong", []);

async function renew() {
  try {
    const answer = await fetch("/console/gate/offline/data", { credentials: "same-origin" });
    if (answer.redirected || !answer.headers.get("Content-Type")?.startsWith("application/json")) return show(tr("请先登录，放行记录还在这台手机上。"));
    known = await answer.json();
    save("gate.known", known);
    await bringBack();
    show("");
  } catch {
    show(tr("现在没有网络，按已经带上的名单核对。"));
  }
}

async function bringBack() {
  const lines = journal.filter((one) => !one.taken && !one.undone).slice(0, LINES);
  if (!lines.length) return;
  const sent = lines.map(({ key, pass, at, people }) => ({ key, pass, at, people }));
  const body = new URLSearchParams({ journal: JSON.stringify(sent), sent: crypto.randomUUID() });
  const answer = await fetch("/console/gate/offline/journal", { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const told = await answer.json();
  for (const one of journal) one.taken ||= told.taken.includes(one.key);
  wrong = [...told.wrong, ...wrong].slice(0, 20);
  journal = journal.filter((one) => !one.taken || one.at > now() - DAY).slice(-200);
  save("gate.journal", journal);
  save("gate.wrong", wrong);
}

// ------------------------------------------------------------------ deciding

async function check(typed) {
  const text = typed.trim().toUpperCase();
  const code = text.normalize("NFKC").replace(GAPS, "");
  if (code.length > 10) return decide(await read(text));
  const made = known?.passes.find((one) => one.code === code);
  return decide(made ? { made } : { reason: "unknown" });
}

function decide({ made, reason = "", isNew = false }) {
  const left = made ? made.left - used(made.id) : 0;
  return { made, isNew, left, reason: reason || fault(made, left) };
}

const used = (id) => journal.reduce((sum, one) => sum + (one.pass === id && !one.taken && !one.undone ? one.people : 0), 0);

function fault(made, left) {
  const [grace, at] = [known?.grace ?? 0, now()];
  if (known?.gone.includes(made.id)) return "cancelled";
  if (at < made.starts - grace) return "early";
  if (at >= made.ends + grace) return "over";
  if (made.hours && !isOpen(made.hours, at, grace)) return "hours";
  return made.again || left > 0 ? "" : "used";
}

// "01234 480 1080 0": weekdays from Monday, minutes of the day; what ends after midnight belongs to the day it began on.
function isOpen(hours, at, grace) {
  const [weekdays, opens, closes] = hours.split(" ");
  const midnight = Math.floor((at + SHANGHAI) / DAY) * DAY - SHANGHAI;
  return [-1, 0, 1].some((step) => {
    const day = midnight + step * DAY;
    const weekday = (Math.floor((day + SHANGHAI) / DAY) + 3) % 7; // 1970 began on a Thursday
    return weekdays.includes(String(weekday)) && at >= day + opens * 60 - grace && at < day + closes * 60 + grace;
  });
}

async function read(text) {
  const content = decode(text);
  if (content?.length !== 81) return { reason: "forged" };
  const [payload, signature] = [content.slice(0, 17), content.slice(17)];
  const isOurs = await verify(payload, signature);
  if (isOurs === null) return { reason: "unread" };
  if (!isOurs || payload[0] !== 1) return { reason: "forged" };
  const view = new DataView(payload.buffer, payload.byteOffset, 17);
  const id = name(view.getBigUint64(1));
  const made = known.passes.find((one) => one.id === id);
  if (made) return { made };
  return { made: { id, starts: view.getUint32(9) * 60, ends: view.getUint32(13) * 60, left: 1, people: 1, hours: "", again: false, building: "", plate: "" }, isNew: true };
}

// Tells whether it is ours; null where this browser cannot say.
async function verify(payload, signature) {
  if (!known) return null;
  try {
    const raw = Uint8Array.from(atob(known.key), (sign) => sign.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, payload);
  } catch {
    return null;
  }
}

function decode(text) {
  const out = [];
  for (let place = 0; place < text.length; place += 3) {
    const values = [...text.slice(place, place + 3)].map((sign) => BASE45.indexOf(sign));
    if (values.length < 2 || values.includes(-1)) return null;
    const value = values[0] + values[1] * 45 + (values[2] ?? 0) * 2025;
    if (value >= 256 ** (values.length - 1)) return null;
    if (values.length === 3) out.push(value >> 8);
    out.push(value & 255);
  }
  return new Uint8Array(out);
}

function name(number) {
  let out = "";
  for (let shift = 45n; shift >= 0n; shift -= 5n) out += ALPHABET[Number((number >> shift) & 31n)];
  return out;
}

// ------------------------------------------------------------------ what the guard sees

function letIn({ made }, people) {
  journal.push({ key: crypto.randomUUID(), pass: made.id, at: now(), people, code: made.code ?? "", taken: false, undone: false });
  save("gate.journal", journal);
  renew();
}

function tell(verdict) {
  const { made, reason, isNew, left } = verdict;
  const isOld = !known || now() - known.at > STALE;
  const box = $("verdict");
  const isYes = !reason && !isOld;
  box.className = `verdict ${isYes ? "verdict-yes" : "verdict-no"}`;
  box.dataset.verdict = isYes ? "yes" : "no";
  const facts = made ? [made.building, made.plate, made.again ? "" : tr("还可进 {left} 人次", { left: Math.max(left - (isYes ? 1 : 0), 0) })].filter(Boolean).join(" · ") : "";
  const said = reason ? WORDS[reason] : isOld ? tr("名单太旧，请打电话问住户") : isNew ? tr("名单之后新开的，二维码是真的") : "";
  box.replaceChildren(line("verdict-word", isYes ? tr("放行") : tr("不放行")), line("verdict-reason", said), line("verdict-facts", facts));
  if (isYes) letIn(verdict, 1);
  else if (!reason) box.append(button(tr("电话问过了，放行"), () => { letIn(verdict, 1); tell({ ...verdict, reason: "" }); }));
  if (isYes && !made.again && left > 1) box.append(button(tr("还有 {left} 人一起，也放行", { left: left - 1 }), () => { letIn(verdict, left - 1); box.lastChild.remove(); list(); }));
  navigator.vibrate?.(isYes ? 80 : [200, 100, 200]);
  list();
}

function line(kind, words) {
  const made = document.createElement("p");
  made.className = kind;
  made.textContent = words;
  made.hidden = !words;
  return made;
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = words;
  made.addEventListener("click", act, { once: true });
  return made;
}

function list() {
  const rows = journal.slice(-20).reverse().map((one) => {
    const row = document.createElement("li");
    row.className = "list-group-item d-flex justify-content-between align-items-center gap-2";
    const state = one.undone ? tr("已撤回") : one.taken ? tr("已补记") : tr("等网络好了补记");
    row.append(line("m-0", `${CLOCK.format(one.at * 1000)} ${one.code} · ${tr("{people} 人", { people: one.people })} · ${state}`));
    if (!one.taken && !one.undone && now() - one.at < SLIP) row.append(button(tr("撤回"), () => { one.undone = true; save("gate.journal", journal); list(); }));
    return row;
  });
  $("journal").replaceChildren(...rows);
  $("wrong").replaceChildren(...wrong.map((words) => line("m-0", words)));
  $("wrong-card").hidden = !wrong.length;
}

function show(words) {
  const minutes = known ? Math.floor((now() - known.at) / 60) : 0;
  const age = minutes < 60 ? tr("{minutes} 分钟前", { minutes }) : tr("{hours} 小时前", { hours: Math.floor(minutes / 60) });
  $("age").textContent = known ? tr("名单 {passes} 张，{age}更新", { passes: known.passes.length, age }) : tr("还没有名单，请连上网络打开一次");
  $("net").textContent = words;
  list();
}

$("check").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = $("code");
  const typed = field.value;
  field.value = "";
  field.focus();
  if (typed.trim()) tell(await check(typed));
});

// ------------------------------------------------------------------ kept for when there is no network

async function install() {
  if (!("serviceWorker" in navigator)) return ($("kept").textContent = tr("这台手机存不下这一页，断网时请不要关掉它。"));
  await navigator.serviceWorker.register("/console/gate/worker.js", { scope: "/console/gate/offline" });
  const ready = await navigator.serviceWorker.ready;
  navigator.serviceWorker.addEventListener("message", () => ($("kept").textContent = tr("这一页已经存在手机上，断网也能打开。")));
  const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet]")].map((one) => one.src || one.href);
  ready.active.postMessage([location.href.split(/[?#]/)[0], ...parts]);
}

show("");
renew();
setInterval(renew, 60_000);
addEventListener("online", renew);
if (navigator.onLine) install().catch(() => {});
