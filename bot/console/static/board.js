// Cards that are dragged to another column: what is dropped there presses the card's own button for it. Whoever cannot drag has the button.
"use strict";

const board = document.querySelector("#board");
let dragged = null;

const button = (column) => dragged?.querySelector(`button[value="${column?.dataset.takes}"]`) ?? null;

const columnOf = (event) => event.target.closest("[data-takes]");

const mark = (column) => {
  board.querySelectorAll(".takes").forEach((one) => { if (one !== column) one.classList.remove("takes"); });
  column?.classList.add("takes");
};

board?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[draggable]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
});

board?.addEventListener("dragover", (event) => {
  const column = columnOf(event);
  const takes = button(column);
  mark(takes ? column : null);
  if (takes) event.preventDefault();
});

board?.addEventListener("drop", (event) => {
  const takes = button(columnOf(event));
  if (!takes) return;
  event.preventDefault();
  takes.form.requestSubmit(takes);
});

board?.addEventListener("dragend", () => { mark(null); dragged = null; });
