// The gate without a network: decides by what was taken along, keeps a journal, and brings it back.
"use strict";

const $ = (id) => document.getElementById(id);
const load = (name, usual) => JSON.parse(localStorage.getItem(name) ?? "null") ?? usual;
const save = (name, value) => localStorage.setItem(name, JSON.stringify(value));
const now = () => Math.floor(Date.now() / 1000);

const STALE = Number(document.body.dataset.staleHours) * 3600;
const CLOCK = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
const SLIP = 600;
const LINES = 100;
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

const check = async (typed) => decide(await find(typed, known));

function decide({ made, reason = "", isNew = false }) {
  const left = made ? made.left - used(made.id) : 0;
  return { made, isNew, left, reason: reason || fault(made, left, known, now()) };
}

const used = (id) => journal.reduce((sum, one) => sum + (one.pass === id && !one.taken && !one.undone ? one.people : 0), 0);

// ------------------------------------------------------------------ what the guard sees

function letIn({ made }, people) {
  journal.push({ key: crypto.randomUUID(), pass: made.id, at: now(), people, code: made.code ?? "", taken: false, undone: false });
  save("gate.journal", journal);
  renew();
}

function tell(verdict, isPhoned = false) {
  const { made, reason, isNew, left } = verdict;
  const isOld = !known || now() - known.at > STALE;
  const box = $("verdict");
  const isYes = !reason && (!isOld || isPhoned);
  box.className = `verdict ${isYes ? "verdict-yes" : "verdict-no"}`;
  box.dataset.verdict = isYes ? "yes" : "no";
  const facts = made ? [made.building, made.plate, made.again ? "" : tr("还可进 {left} 人次", { left: Math.max(left - (isYes ? 1 : 0), 0) })].filter(Boolean).join(" · ") : "";
  const said = reason ? WORDS[reason] : isPhoned ? tr("电话里同意") : isOld ? tr("名单太旧，请打电话问住户") : isNew ? tr("名单之后新开的，二维码是真的") : "";
  box.replaceChildren(line("verdict-word", isYes ? tr("放行") : tr("不放行")), line("verdict-reason", said), line("verdict-facts", facts));
  if (isYes) letIn(verdict, 1);
  else if (!reason) box.append(button(tr("电话问过了，放行"), () => tell(verdict, true)));
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
