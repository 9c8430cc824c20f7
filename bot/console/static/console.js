// Small habits of the console: forms, keys, previews, the gate's camera. No framework, no inline code.
"use strict";

const toEnd = () => document.querySelectorAll(".talk").forEach((talk) => { talk.scrollTop = talk.scrollHeight; });
toEnd();

// What stands beside the rest is open where there is room for it.
document.querySelectorAll("details[data-wide]").forEach((one) => {
  const wide = matchMedia(`(min-width: ${one.dataset.wide}px)`);
  const fit = () => { one.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
});

// What somebody has half written in talks goes when they sign out (talks.js keeps it), and so do the forms of pages that were posted to.
if (!document.querySelector(".who")) Object.keys(sessionStorage).filter((key) => /^(draft|sent) /.test(key)).forEach((key) => sessionStorage.removeItem(key));

// A page that was posted to keeps its form for this tab, so that its address, opened once more, shows what was written.
const keptForm = "posted" in document.body.dataset ? document.querySelector("form[data-keeps]") : null;
const keepForm = () => {
  const said = [...new FormData(keptForm)].filter(([name, value]) => name !== "once" && typeof value === "string");
  sessionStorage.setItem(`sent ${location.pathname}`, JSON.stringify(said));
};
if (keptForm) {
  // Where the same address opens another page, such as the list of all notices, the form goes by the address that shows it again.
  if (document.body.dataset.posted) history.replaceState(null, "", document.body.dataset.posted);
  keepForm();
  addEventListener("pagehide", keepForm);
}
const again = document.querySelector("[data-again-to]");
const keptFields = again && JSON.parse(sessionStorage.getItem(`sent ${location.pathname}`) ?? "null");
if (keptFields) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: again.dataset.againTo, hidden: true });
  keptFields.forEach(([name, value]) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value })));
  again.querySelector("[data-found]").hidden = false;
  document.body.append(form);
  form.submit();
}

// A form that is under way is not sent again. Buttons go dead only after the browser has read which one was pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (event.submitter?.hasAttribute("data-again")) return; // opens a tab or a file of its own, and the form stays
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  form.querySelectorAll("[data-busy]").forEach((line) => { line.textContent = line.dataset.busy; });
  setTimeout(() => form.querySelectorAll("button:enabled").forEach((button) => { button.disabled = true; button.dataset.waits = ""; }));
});
addEventListener("pageshow", () => {
  document.querySelectorAll("[data-busy]").forEach((line) => { line.textContent = ""; });
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  document.querySelectorAll("button[data-waits]").forEach((button) => { button.disabled = false; delete button.dataset.waits; });
});

// Ctrl+Enter sends; keys do nothing while Chinese is being composed, a field has the focus or a dialog is open.
const composes = (event) => event.isComposing || event.keyCode === 229; // 229: Safari tells of the last key only after the composing
const plainKey = (key) => ({ "？": "?", "／": "/" })[key] ?? key; // as a Chinese keyboard types them
document.addEventListener("keydown", (event) => {
  if (composes(event)) return;
  const field = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
  if (field?.matches("[data-submit]") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (event.key === "Enter" && field?.matches(".asks input")) { // the form's first button would be another act's
    event.preventDefault();
    field.closest(".asks").querySelector("button").click();
  } else if (event.key === "Enter" && field?.matches("[data-enter=stays] input")) { // nor does it publish what is half written
    event.preventDefault();
  } else if (field && event.key === "Escape" && field.matches("[type=search]")) {
    field.blur();
  } else if (!field && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]")) {
    const wanted = document.querySelector(`[data-key="${CSS.escape(plainKey(event.key))}"]`);
    if (wanted?.matches("input, textarea")) {
      event.preventDefault();
      wanted.focus();
      if (wanted.matches("input")) wanted.select();
    } else wanted?.click();
  }
});

// Lists by keyboard: j and k go from row to row, the arrow down leads from the search field to the first one, Enter opens, x ticks.
const rowOf = (node) => node.closest("tr, li, .task, .card");
document.addEventListener("keydown", (event) => {
  if (composes(event) || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const [typing, searching] = [event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select"), event.target.matches("[type=search]")];
  if (event.key === "x" && !typing) return rowOf(event.target)?.querySelector("[data-tick]")?.click();
  const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || (typing && !(searching && event.key === "ArrowDown"))) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.findIndex((row) => row === event.target || rowOf(row)?.contains(event.target));
  if (here < 0 && event.key.startsWith("Arrow") && !searching) return; // the arrows scroll
  const next = rows[here < 0 ? 0 : here + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// What is found while one types may come after the arrow down was pressed: whoever stood on a row stands on the first one then.
let stoodOnRow = false;
document.addEventListener("htmx:before:swap", () => { stoodOnRow = Boolean(document.activeElement?.matches("[data-row]")); });
document.addEventListener("htmx:after:swap", () => {
  if (stoodOnRow && document.activeElement === document.body) document.querySelector("[data-row]")?.focus();
  stoodOnRow = false;
});

document.addEventListener("click", (event) => {
  document.querySelector(event.target.closest("[data-opens]")?.dataset.opens ?? "dialog.none")?.showModal();
  if (event.target.closest("[data-print]")) print();
  const all = event.target.closest("[data-all]");
  if (all) document.querySelectorAll(all.dataset.all).forEach((box) => { box.checked = all.checked; });
});

// How many rows are ticked, beside what is done with them.
const tally = () => {
  const place = document.querySelector("[data-ticked]");
  const many = document.querySelectorAll("[data-tick]:checked").length;
  if (place) place.textContent = many ? ` ${many}` : "";
};
document.addEventListener("change", (event) => { if (event.target.matches("[data-tick], [data-all]")) tally(); });
document.addEventListener("htmx:after:swap", tally);
tally();

document.addEventListener("input", (event) => {
  const target = event.target.dataset?.preview;
  if (target) document.querySelector(target).textContent = event.target.value;
});

// Says how long a text has become; nothing is cut off, the server says what is too much.
const count = (field) => {
  const place = document.querySelector(field.dataset.counts);
  const length = [...field.value.trim()].length;
  const limit = Number(place.dataset.limit);
  const seen = Number(place.dataset.shown ?? length); // signs of it that a message of fields shows
  const cut = [...field.value.trim()].slice(0, seen - 1).join("");
  const said = length > limit ? tr("已写 {length} 个字，最多 {limit} 个，请删掉 {over} 个。", { length, limit, over: length - limit }) : tr("已写 {length} 个字，最多 {limit} 个。", { length, limit });
  place.textContent = length > seen ? said + tr("模板消息里最多显示 {seen} 个，会变成“{cut}…”，要紧的话写在前面。", { seen, cut }) : said;
  place.classList.toggle("text-danger", length > limit);
  place.classList.toggle("text-warning-emphasis", length > seen && length <= limit);
};
document.querySelectorAll("[data-counts]").forEach(count);
document.addEventListener("input", (event) => { if (event.target.dataset?.counts) count(event.target); });

// What was used before brings its last price along, unless one was typed.
document.addEventListener("input", (event) => {
  const known = event.target.dataset?.price && [...event.target.list.options].find((one) => one.value === event.target.value);
  const price = known && event.target.form.elements[event.target.dataset.price];
  if (price && (!price.value || price.value === price.dataset.offered)) price.value = price.dataset.offered = known.dataset.price;
});

// Puts what stands for something else where somebody writes: {称呼} into the field in which the caret was last, else into its own.
let wroteIn = null;
document.addEventListener("focusin", (event) => { if (event.target.matches?.("[name=title], [name=body]")) wroteIn = event.target; });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const field = wroteIn?.form === button.form && wroteIn ? wroteIn : document.querySelector(button.dataset.into);
  field.setRangeText(button.dataset.insert, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// Whoever fills in a time means it: its dot is chosen for them. The server asks back where no script runs.
document.addEventListener("input", (event) => {
  const dot = event.target.dataset?.picks;
  if (dot && event.target.value) document.querySelector(dot).checked = true;
});

// The first field with a fault has the focus, wherever it stands; one that was refused without a new page is marked here.
const showFault = (field) => {
  for (let part = field?.closest("details:not([open])"); part; part = part.parentElement.closest("details:not([open])")) part.open = true;
  field?.focus();
};
showFault(document.querySelector("[aria-invalid=true]"));
document.addEventListener("htmx:after:swap", () => {
  for (const said of document.querySelectorAll("[data-field]:not([data-said])")) {
    said.dataset.said = "";
    const form = said.closest("form");
    form?.querySelectorAll("[aria-invalid]").forEach((old) => { old.removeAttribute("aria-invalid"); old.removeAttribute("aria-describedby"); });
    const field = form?.elements[said.dataset.field];
    if (!(field instanceof HTMLElement)) continue;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", said.id);
    showFault(field);
  }
});

// A camera that reads codes, with what else to do where there is none: BarcodeDetector where the browser has one, else jsQR.
document.querySelectorAll("[data-scan]").forEach((place) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = tr("打开摄像头扫码");
  place.append(button);
  button.addEventListener("click", () => scan(place, button));
});

async function scan(place, button) {
  const say = (text) => { let line = place.querySelector("p"); if (!line) { line = document.createElement("p"); line.setAttribute("role", "status"); place.append(line); } line.textContent = text; };
  if (!navigator.mediaDevices?.getUserMedia) return say(`${tr("这台设备不能用摄像头（需要 https）。")}${place.dataset.scan}`);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return say(`${tr("没有打开摄像头，请允许使用。")}${place.dataset.scan}`);
  }
  button.hidden = true;
  const video = document.createElement("video");
  video.playsInline = true;
  video.muted = true;
  video.srcObject = stream;
  place.append(video);
  await video.play();
  say(tr("把二维码放进画面里"));
  const detector = "BarcodeDetector" in window ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  const canvas = document.createElement("canvas");
  const look = async () => {
    const text = detector ? (await detector.detect(video))[0]?.rawValue : read(video, canvas);
    if (!text) return setTimeout(look, 120);
    stream.getTracks().forEach((track) => track.stop());
    const input = document.querySelector(place.dataset.scanTarget);
    input.value = text;
    input.form.requestSubmit();
  };
  look();
}

function read(video, canvas) {
  if (!video.videoWidth) return null;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0);
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
  return jsQR(picture.data, canvas.width, canvas.height)?.data;
}

// Words are looked for while they are typed: leaving the field must not put the rows anew under whoever has just chosen one.
document.addEventListener("change", (event) => {
  if (event.target.matches('form[role="search"] input[type="search"]')) event.stopPropagation();
}, true);

// Words that were typed before the page could listen are looked for as soon as it does.
window.addEventListener("load", () => {
  for (const field of document.querySelectorAll('form[role="search"] input[type="search"]')) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// What unfolds over the page folds again when something else is touched.
document.addEventListener("click", (event) => {
  document.querySelectorAll(".nav-more[open], .elsewhere[open]").forEach((one) => {
    if (!one.contains(event.target)) one.open = false;
  });
});
