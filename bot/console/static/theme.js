// Tabler's dark colours follow the system. Loaded before the page is drawn, so that nothing flashes.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => { document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light"; };
dark.addEventListener("change", dress);
dress();
