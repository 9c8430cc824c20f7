// The desk: which phones stand on it, the stream that keeps them true, and the drawer with what was carried.

import { Phone } from "./phone.js";
import { showSteps, clearSteps } from "./drawer.js";
import { post } from "./wire.js";

const WIDE = matchMedia("(min-width: 900px)");
const MOST = 3; // phones side by side

const state = { title: "", suggestions: [], ahead: null, residents: new Map(), lines: new Map(), menu: [], codes: [], shown: [], unread: new Map() };
const phones = new Map(); // openid -> Phone
const bar = document.querySelector(".desk-bar");

async function load() {
  const fresh = await (await fetch("state")).json();
  state.title = fresh.title;
  state.suggestions = fresh.suggestions;
  state.menu = fresh.menu;
  state.codes = fresh.codes;
  state.residents = new Map(fresh.residents.map((one) => [one.openid, one]));
  state.lines = new Map(fresh.lines.map((one) => [one.id, one]));
  state.shown = state.shown.filter((openid) => state.residents.has(openid));
  if (!state.shown.length) state.shown = wanted();
  showCommunities();
  showTime(fresh);
  showTrouble(fresh.trouble);
  for (const phone of phones.values()) phone.element.remove();
  phones.clear();
  arrange();
  return fresh.last;
}

function wanted() {
  const names = (new URLSearchParams(location.search).get("as") || "").split(",").filter(Boolean);
  const found = [...state.residents.values()].filter((one) => names.includes(one.name) || names.includes(one.openid));
  const all = found.length ? found : [...state.residents.values()].slice(0, 1);
  return all.slice(0, most()).map((one) => one.openid);
}

function most() {
  return WIDE.matches ? Math.max(1, Math.min(MOST, Math.floor((innerWidth - 380) / 420) || 1)) : 1;
}

// ------------------------------------------------------------------ showing

function arrange() {
  const place = document.querySelector(".phones");
  for (const [openid, phone] of phones) {
    if (state.shown.includes(openid)) continue;
    phone.element.remove();
    phones.delete(openid);
  }
  for (const openid of state.shown) {
    state.unread.delete(openid);
    if (!phones.has(openid)) {
      const phone = new Phone(state, state.residents.get(openid), { select, bar: toggleBar });
      phones.set(openid, phone);
      place.append(phone.element);
      phone.begin([...state.lines.values()].filter((line) => line.openid === openid));
    }
  }
  place.dataset.count = state.shown.length;
  showChips();
  tick();
}

// The communities that the account serves: only the chosen one's residents stand in the bar, and newcomers, who live nowhere yet.
const community = document.querySelector("#community");

function showCommunities() {
  const names = [...new Set([...state.residents.values()].map((one) => one.community).filter(Boolean))];
  const first = state.residents.get(state.shown[0])?.community || "";
  community.replaceChildren(...names.map((name) => new Option(name, name, false, name === (community.value || first))));
  community.hidden = names.length < 2;
}

community.addEventListener("change", () => {
  const first = [...state.residents.values()].find((one) => one.community === community.value);
  if (first) state.shown = [first.openid];
  arrange();
});

function showChips() {
  const chips = document.querySelector(".chips");
  const here = [...state.residents.values()].filter((one) => !one.community || one.community === community.value);
  chips.replaceChildren(...here.map((one) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.dataset.openid = one.openid;
    chip.setAttribute("aria-pressed", String(state.shown.includes(one.openid)));
    chip.append(one.name);
    const unread = state.unread.get(one.openid);
    if (unread) {
      const badge = document.createElement("b");
      badge.textContent = unread;
      badge.setAttribute("aria-label", `${unread} 条未读`);
      chip.append(badge);
    }
    return chip;
  }));
}

function toggle(openid) {
  if (state.shown.includes(openid)) {
    if (state.shown.length === 1) return;
    state.shown = state.shown.filter((one) => one !== openid);
  } else {
    state.shown = [...state.shown, openid].slice(-most());
  }
  const names = state.shown.map((one) => state.residents.get(one).name).join(",");
  history.replaceState(null, "", `?as=${encodeURIComponent(names)}`);
  bar.classList.remove("open");
  arrange();
}

function toggleBar() {
  bar.classList.toggle("open");
}

function select(id) {
  const line = state.lines.get(id);
  document.body.classList.add("drawer-open");
  showSteps(document.querySelector(".drawer-body"), line, state.residents.get(line.openid));
}

function showTrouble(trouble) {
  for (const box of document.querySelectorAll(".switch input")) box.checked = Boolean(trouble[box.name]);
}

// ------------------------------------------------------------------ time

let offset = 0; // of the bot's clock against this browser's, in ms

function showTime({ now, ahead }) {
  offset = now - Date.now();
  state.ahead = ahead;
  document.querySelector(".time-machine").hidden = ahead === null;
  tick();
}

function tick() {
  const now = new Date(Date.now() + offset);
  const zone = { timeZone: "Asia/Shanghai" };
  const day = { month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", ...zone };
  document.querySelector(".time-machine time").textContent = now.toLocaleString("zh-CN", day);
  for (const phone of phones.values()) phone.tick(now);
}

setInterval(tick, 5000);

// ------------------------------------------------------------------ the stream

function follow(last) {
  const stream = new EventSource(`events?since=${encodeURIComponent(last)}`);
  const on = (kind, act) => stream.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  on("line", takeLine);
  on("resident", takeResident);
  on("menu", ({ menu }) => { state.menu = menu; each((phone) => phone.showMenu()); });
  on("codes", ({ codes }) => { state.codes = codes; });
  on("trouble", showTrouble);
  on("clock", showTime);
  on("typing", ({ openid, on: busy }) => phones.get(openid)?.showTyping(busy));
  on("reset", () => { clearSteps(document.querySelector(".drawer-body")); load(); });
}

function each(act) {
  for (const phone of phones.values()) act(phone);
}

function takeLine(line) {
  if (!line.id) return;
  const known = state.lines.has(line.id);
  state.lines.set(line.id, line);
  const phone = phones.get(line.openid);
  if (phone) {
    phone.put(line);
  } else if (!known && line.author === "bot") {
    state.unread.set(line.openid, (state.unread.get(line.openid) || 0) + 1);
    showChips();
  }
}

function takeResident(resident) {
  if (!resident.openid) return;
  const known = state.residents.has(resident.openid);
  state.residents.set(resident.openid, resident);
  phones.get(resident.openid)?.update(resident);
  if (!known) showChips();
}

// ------------------------------------------------------------------ buttons

bar.addEventListener("click", async (event) => {
  const chip = event.target.closest(".chip");
  if (chip) return toggle(chip.dataset.openid);
  switch (event.target.closest("[data-do]")?.dataset.do) {
    case "welcome": {
      const newcomer = await post("residents", {});
      takeResident(newcomer);
      return toggle(newcomer.openid);
    }
    case "reset":
      return post("reset", {});
  }
});

bar.addEventListener("change", (event) => {
  if (event.target.id === "jump" && event.target.value) {
    post("clock", { ahead_seconds: Number(event.target.value) });
    event.target.value = "";
  } else if (event.target.closest(".switch")) {
    post("trouble", { [event.target.name]: event.target.checked });
  }
});

function closeDrawer() {
  document.body.classList.remove("drawer-open");
}

document.querySelector("[data-do=close-drawer]").addEventListener("click", closeDrawer);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  closeDrawer();
  bar.classList.remove("open");
  each((phone) => phone.closeAll());
});
document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".desk-bar, [data-do=bar]")) bar.classList.remove("open");
});

follow(await load());
