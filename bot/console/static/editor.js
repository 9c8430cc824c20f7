// The editor of intent files: line numbers beside the text, faults marked at their lines, a jump to a line. Without it the text is edited all the same.
"use strict";

const area = document.querySelector(".editor textarea");
const gutter = document.querySelector(".editor .gutter");
const faults = document.querySelector("#faults");

const marks = () => new Map([...faults.querySelectorAll("[data-mark]")].map((one) => [Number(one.dataset.mark), one.dataset.severity]));

// As many numbers as there are lines, each of a line's height; where a fault stands, coloured.
const number = () => {
  const marked = marks();
  const lines = area.value.split("\n").length;
  gutter.replaceChildren(...Array.from({ length: lines }, (_, index) => {
    const line = document.createElement("span");
    line.textContent = index + 1;
    if (marked.has(index + 1)) line.className = `mark-${marked.get(index + 1)}`;
    return line;
  }));
  gutter.scrollTop = area.scrollTop;
};

const jump = (line, column = 1) => {
  const lines = area.value.split("\n");
  const row = Math.min(Math.max(line, 1), lines.length);
  const begin = lines.slice(0, row - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const from = begin + Math.min(column - 1, lines[row - 1].length);
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, begin + lines[row - 1].length);
  area.scrollTop = (row - 1) * parseFloat(getComputedStyle(area).lineHeight) - area.clientHeight / 3;
  area.closest(".editor").scrollIntoView({ block: "nearest" });
};

if (area && gutter) {
  gutter.hidden = false;
  area.closest(".editor").classList.add("numbered");
  number();
  area.addEventListener("input", number);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  new MutationObserver(number).observe(faults, { childList: true, subtree: true });
  faults.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    jump(Number(link.dataset.line), Number(link.dataset.column));
  });
  // A new line begins where the one before does; a list goes on. Nothing is done while Chinese is being composed.
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || area.readOnly) return;
    const before = area.value.slice(0, area.selectionStart).split("\n").pop();
    const begins = before.match(/^\s*(?:- )?/)[0];
    if (!begins || before === begins) return;
    event.preventDefault();
    area.setRangeText(`\n${begins}`, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const saved = area.defaultValue;
  addEventListener("beforeunload", (event) => {
    if (area.value !== saved && !area.form.dataset.sent) event.preventDefault();
  });
  const wanted = Number(area.closest(".editor").dataset.goto) || Number(location.hash.match(/^#L(\d+)$/)?.[1]);
  if (wanted) jump(wanted);
}
