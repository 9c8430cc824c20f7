// The drawer: what was carried between WeChat and the bot for one line.

const PATIENCE = 5000; // ms that WeChat waits

export function showSteps(place, line, resident) {
  const parts = [];
  const who = document.createElement("p");
  who.className = "who";
  who.textContent = `${resident?.name ?? ""} · ${new Date(line.at).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai" })}`;
  parts.push(who);
  if (line.milliseconds !== null) parts.push(gauge(line.milliseconds));
  parts.push(...line.steps.map(step));
  place.replaceChildren(...parts);
  place.scrollTop = 0;
}

export function clearSteps(place) {
  place.replaceChildren();
}

function gauge(milliseconds) {
  const box = document.createElement("div");
  box.className = "gauge";
  const label = document.createElement("label");
  label.textContent = `用时 ${milliseconds} ms，微信最多等 5 秒`;
  const bar = document.createElement("progress");
  bar.max = PATIENCE;
  bar.value = Math.min(milliseconds, PATIENCE);
  bar.className = milliseconds > 4000 ? "late" : "";
  label.append(bar);
  box.append(label);
  return box;
}

function step({ title, text }) {
  const box = document.createElement("section");
  const head = document.createElement("h3");
  head.textContent = title;
  const body = document.createElement("pre");
  body.tabIndex = 0;
  body.textContent = text;
  box.append(head, body);
  return box;
}
