"use strict";
// Runs before the first paint, so that a dark page does not flash white; that is why it is no module.
(() => {
  const names = ["auto", "light", "dark"];
  const labels = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" };
  const signs = { auto: "◐", light: "☀", dark: "☾" };

  let chosen = "auto";
  try {
    chosen = localStorage.getItem("kotovec-theme");
  } catch {
    // storage may be switched off: the choice lasts as long as the page then
  }
  if (!names.includes(chosen)) chosen = "auto";

  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = (name) => {
    document.documentElement.dataset.theme = name === "auto" ? (system.matches ? "dark" : "light") : name;
    const button = document.getElementById("theme");
    if (button) {
      button.textContent = signs[name];
      button.title = labels[name];
      button.setAttribute("aria-label", `${labels[name]}; press to change`);
    }
    document.dispatchEvent(new Event("theme"));
  };

  apply(chosen);
  system.addEventListener("change", () => apply(chosen));
  document.addEventListener("DOMContentLoaded", () => {
    apply(chosen);
    document.getElementById("theme").addEventListener("click", () => {
      chosen = names[(names.indexOf(chosen) + 1) % names.length];
      try {
        localStorage.setItem("kotovec-theme", chosen);
      } catch {
        // see above
      }
      apply(chosen);
    });
  });
})();
