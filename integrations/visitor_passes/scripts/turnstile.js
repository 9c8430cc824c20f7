// The demo's turnstile: calls the API with the key of its gate, as hardware does, and goes on by itself without a network.
"use strict";

const $ = (id) => document.getElementById(id);
const load = (name, usual) => JSON.parse(sessionStorage.getItem(name) ?? "null") ?? usual;
const save = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));
const now = () => Math.floor(Date.now() / 1000);
const seconds = (moment) => Math.floor(Date.parse(moment) / 1000);

const FIRMWARE = "linli-sim 1.0";
const CLOCK = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const PLATE = /^[\u4e00-\u9fff]/;
const [STANDS, OPENS, AGAIN, BEATS] = [5000, 700, 2000, 10000];
const WORDS = {
  unknown: tr("名单里没有这张通行证"), forged: tr("二维码是伪造的或损坏的，不要放行"), early: tr("还没到预约时间"), over: tr("已过期"),
  hours: tr("不在约好的时间"), used: tr("超过约的人数"), cancelled: tr("已取消，不要放行"), unread: tr("这台设备不能核对二维码，请输入 6 位通行码"),
};

if (document.body.dataset.secret) {
  sessionStorage.clear();
  save("door", { secret: document.body.dataset.secret, at: document.body.dataset.at });
}
const door = load("door", null);
let state = load("door.state", { count: 0, cursor: 0, known: null, journal: [] });
let [isPlugged, isOn, shown] = [true, true, 0];

// ------------------------------------------------------------------ calling

async function call(method, path, body) {
  if (!isPlugged || !isOn) throw new TypeError("no network");
  const headers = { Authorization: `Bearer ${door.secret}`, ...(body && { "Content-Type": "application/json" }) };
  const answer = await fetch(`/api/v1/gate/door/${path}`, { method, headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store" });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}

// What was lost is sent once more under the same request: it counts once.
async function twice(method, path, body) {
  try {
    return await call(method, path, body);
  } catch (error) {
    if (!(error instanceof TypeError) || !isPlugged) throw error;
    return call(method, path, body);
  }
}

async function beat() {
  if (!isOn) return;
  try {
    const said = await call("POST", "heartbeats", { firmware: FIRMWARE, clock: new Date().toISOString(), since: state.cursor });
    if (state.known) state.known.gone = [...new Set([...state.known.gone, ...said.closed])].filter((id) => !said.reopened.includes(id));
    state.cursor = said.cursor;
    await bringBack();
    const list = await call("GET", "passes");
    state.known = {
      at: seconds(list.now), grace: list.grace, gone: list.closed, stale: list.stale_after, key: list.keys[0].key,
      passes: list.passes.map((one) => ({ ...one, starts: seconds(one.starts_at), ends: seconds(one.ends_at), left: one.entries_left, again: one.repeated })),
    };
    $("beat").textContent = CLOCK.format(new Date(said.now));
    tell(tr("连着"), "green");
  } catch (error) {
    tell(error instanceof TypeError ? tr("断网，自己核对") : error.message, "yellow");
  }
  keep();
}

async function bringBack() {
  if (!state.journal.length) return;
  const lines = state.journal.slice(0, 100);
  const said = await call("POST", "journals", { lines });
  state.journal = state.journal.filter((one) => !said.taken.includes(one.key));
}

// ------------------------------------------------------------------ deciding

async function scan(typed) {
  const request = crypto.randomUUID();
  const isPlate = PLATE.test(typed.trim());
  const asked = { request, [isPlate ? "plate" : "code"]: typed.trim(), direction: $("out").checked ? "out" : "in" };
  try {
    let said = await twice("POST", "checks", asked);
    const mine = light(said);
    while (said.decision === "ask_guard" && mine === shown) {
      await new Promise((done) => setTimeout(done, AGAIN));
      said = await call("GET", `checks/${request}`);
      if (said.decision !== "ask_guard") light(said);
    }
    if (said.decision === "open") await open(request, asked.direction);
  } catch (error) {
    if (error instanceof TypeError) return alone(typed, isPlate);
    lamp("refuse", tr("不开门"), error.message, "");
  }
}

async function open(request, direction) {
  await new Promise((done) => setTimeout(done, OPENS));
  const what = $("stuck").checked ? "failed" : "opened";
  await twice("POST", "openings", { request: crypto.randomUUID(), check: request, what });
  if (what === "failed") return lamp("refuse", tr("门卡住了"), tr("这一次没有算，请再刷一下"), "");
  if (direction === "in") state.count += 1;
  keep();
}

const light = (said) => {
  const facts = [said.visitor, said.decision === "open" && said.entries_left ? tr("还可进 {left} 人次", { left: said.entries_left }) : ""].filter(Boolean).join(" · ");
  const words = { open: tr("请进"), refuse: tr("不开门"), ask_guard: tr("请等门岗") }[said.decision];
  return lamp(said.decision, words, said.reason ? said.words : "", facts);
};

// Without a network: by what was taken along. A camera's plate is no proof by itself.
async function alone(typed, isPlate) {
  if ($("out").checked) return lamp("open", tr("请出"), "", "");
  const { known } = state;
  if (!known || now() - known.at > known.stale) return lamp("ask_guard", tr("请找门岗"), tr("名单太旧，请打电话问住户"), "");
  const found = isPlate ? { made: known.passes.find((one) => one.plate === typed.trim().toUpperCase()), reason: "" } : await find(typed, known);
  if (!found.made) return lamp("refuse", tr("不开门"), WORDS[found.reason || "unknown"], "");
  const left = found.made.left - state.journal.reduce((sum, one) => sum + (one.pass_id === found.made.id ? one.people : 0), 0);
  const reason = fault(found.made, left, known, now());
  if (reason) return lamp("refuse", tr("不开门"), WORDS[reason], "");
  state.journal.push({ key: crypto.randomUUID(), pass_id: found.made.id, at: new Date().toISOString(), people: 1 });
  state.count += 1;
  keep();
  return lamp("open", tr("请进"), "", tr("断网，已记下来"));
}

// ------------------------------------------------------------------ what one sees

function lamp(decision, word, reason, facts) {
  const box = $("lamp");
  box.dataset.lamp = decision;
  box.className = `verdict ${{ open: "verdict-yes", refuse: "verdict-no", ask_guard: "verdict-wait", idle: "verdict-idle" }[decision]}`;
  $("word").textContent = word;
  $("reason").textContent = reason;
  $("facts").textContent = facts;
  shown += 1;
  const mine = shown;
  if (decision === "open" || decision === "refuse") setTimeout(() => mine === shown && idle(), STANDS);
  return mine;
}

const idle = () => lamp("idle", isOn ? tr("请刷码") : tr("没有电"), "", "");

function tell(words, tone) {
  $("net").textContent = words;
  $("net").className = `badge bg-${tone}-lt`;
}

function keep() {
  $("count").textContent = state.count;
  $("journal").textContent = state.journal.length;
  $("list").textContent = state.known ? tr("{passes} 张，{at} 更新", { passes: state.known.passes.length, at: CLOCK.format(state.known.at * 1000) }) : "—";
  save("door.state", state);
}

function turn(button, isOff, off, on) {
  button.textContent = isOff ? off : on;
  button.setAttribute("aria-pressed", String(isOff));
}

if (door) {
  $("put-up").hidden = true;
  $("machine").hidden = false;
  $("where").textContent = door.at;
  $("scan").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = $("code").value;
    $("code").value = "";
    $("code").focus();
    if (typed.trim() && isOn) scan(typed);
  });
  $("plug").addEventListener("click", () => {
    isPlugged = !isPlugged;
    turn($("plug"), !isPlugged, tr("插上网线"), tr("拔掉网线"));
    beat();
  });
  $("power").addEventListener("click", () => {
    isOn = !isOn;
    turn($("power"), !isOn, tr("插上电源"), tr("拔掉电源"));
    tell(isOn ? tr("正在启动") : tr("没有电"), "secondary");
    idle();
    beat();
  });
  $("force").addEventListener("click", async () => {
    try {
      await twice("POST", "openings", { request: crypto.randomUUID(), what: "forced" });
      lamp("refuse", tr("被推开了"), tr("已报告门岗"), "");
    } catch (error) {
      lamp("refuse", tr("被推开了"), error instanceof TypeError ? tr("断网，没能报告") : error.message, "");
    }
  });
  idle();
  keep();
  beat();
  setInterval(beat, BEATS);
}
