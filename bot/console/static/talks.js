// One talk: what is half written stays until it is sent, answers kept ready are put in while one types, colleagues see who writes.
"use strict";

(() => { // names of its own

const form = document.querySelector("[data-draft]");
const field = form?.querySelector("textarea");
const menu = document.querySelector("#phrases");

// Whoever reads the last words goes on reading them when alarms or pictures come in, or the field grows.
document.querySelectorAll(".talk").forEach((talk) => {
  let atEnd = true;
  talk.addEventListener("scroll", () => { atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 40; });
  const stay = () => { if (atEnd) talk.scrollTop = talk.scrollHeight; };
  new ResizeObserver(stay).observe(talk);
  talk.addEventListener("load", stay, true); // pictures
});

// ------------------------------------------------------------------ drafts: of this browser tab, by person and talk

const PREFIX = "draft ";
const key = form && `${PREFIX}${form.dataset.draft}`;

const keep = () => { if (field.value.trim()) sessionStorage.setItem(key, field.value); else sessionStorage.removeItem(key); };

if (field) {
  const kept = sessionStorage.getItem(key) ?? "";
  if (kept.trim() === form.dataset.last.trim()) sessionStorage.removeItem(key); // it was sent
  else if (kept && !field.value.includes(kept.trim())) field.value = [kept, field.value].filter(Boolean).join("\n");
  keep();
  document.addEventListener("input", (event) => { if (event.target === field) keep(); });
  addEventListener("pageshow", (event) => { if (event.persisted) keep(); });
}

// ------------------------------------------------------------------ answers kept ready

const typed = () => field.value.slice(0, field.selectionStart).match(/(?:^|\s)\/(\S*)$/);

const fitting = (short) => [...menu.querySelectorAll("[data-fill]")].filter((one) => one.dataset.short.startsWith(short));

// Puts an answer where the cursor stands, on lines of its own, as if it were typed: Ctrl+Z takes it back.
function put(button) {
  const [end, short] = [field.selectionEnd, typed()];
  const begin = short ? field.selectionStart - short[1].length - 1 : field.selectionStart;
  const [before, after] = [field.value.slice(0, begin), field.value.slice(end)];
  const words = [/\S$/.test(before) ? "\n" : "", button.dataset.fill, /^\S/.test(after) ? "\n" : ""].join("");
  menu.open = false;
  field.focus();
  field.setSelectionRange(begin, end);
  if (document.execCommand("insertText", false, words)) return; // tells of the input by itself
  field.setRangeText(words, begin, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

if (field && menu) {
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button || field.disabled) return;
    event.preventDefault();
    put(button);
  });
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const short = typed()?.[1];
    const found = short === undefined ? [] : fitting(short);
    menu.open = found.length > 0;
    menu.querySelectorAll("[data-fill]").forEach((one) => { one.hidden = menu.open && !found.includes(one); });
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || !menu.open || !["Enter", "Tab", "Escape"].includes(event.key) || event.ctrlKey || event.metaKey) return;
    const [first] = typed() ? fitting(typed()[1]) : [];
    if (event.key === "Escape" || first) event.preventDefault();
    if (event.key === "Escape") menu.open = false;
    else if (first) put(first);
  });
  menu.addEventListener("toggle", () => { if (menu.open && !typed()) menu.querySelectorAll("[data-fill]").forEach((one) => { one.hidden = false; }); });
}

// ------------------------------------------------------------------ a picture that was chosen says so

form?.querySelector("[type=file]")?.addEventListener("change", (event) => {
  const [file] = event.target.files;
  event.target.closest("label").firstChild.data = file ? tr("图片：{name}", { name: file.name.slice(0, 12) }) : tr("图片");
});

// ------------------------------------------------------------------ who writes

const TELL_EVERY = 4000; // colleagues forget it after ten seconds
let told = 0;

field?.addEventListener("input", () => {
  if (!field.value.trim() || Date.now() - told < TELL_EVERY) return;
  told = Date.now();
  fetch(form.dataset.writing, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" } }).catch(() => {});
});

})();
