"use strict";
// Runs before the first paint, so that a dark page does not flash white; that is why it is no module.
(() => {
  const names = ["auto", "light", "dark"];
  const labels = { auto: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" };
  const signs = { auto: "◐", light: "☀", dark: "☾" };

  const read = () => {
    try {
      const name = localStorage.getItem("kotovec-theme");
      return names.includes(name) ? name : "auto";
    } catch {
      return "auto"; // storage may be switched off
    }
  };

  const apply = (name) => {
    document.documentElement.dataset.theme = name;
    const button = document.getElementById("theme");
    if (button) {
      button.textContent = signs[name];
      button.title = labels[name];
      button.setAttribute("aria-label", `${labels[name]}; press to change`);
    }
    document.dispatchEvent(new Event("theme"));
  };

  apply(read());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(read()));
  document.addEventListener("DOMContentLoaded", () => {
    apply(read());
    document.getElementById("theme").addEventListener("click", () => {
      const next = names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length];
      try {
        localStorage.setItem("kotovec-theme", next);
      } catch {
        // not remembered then, and still applied
      }
      apply(next);
    });
  });
})();
