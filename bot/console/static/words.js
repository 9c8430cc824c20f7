// What the scripts of the console say: in Chinese as it stands here, in another language as the page brings it along.
"use strict";

const OTHER = JSON.parse(document.querySelector("script#catalogue")?.textContent ?? "{}");

function tr(text, values = {}) {
  return (OTHER[text] ?? text).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
