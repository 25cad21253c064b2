// Light and dark: the system's choice until the button says otherwise.

const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : darkSystem.matches;
}

function cssColor(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function themeColors() {
  const names = ["ink", "dim", "line", "paper", "raised", "accent", "point", "mark"];
  const colors = Object.fromEntries(names.map((name) => [name, cssColor(name)]));
  colors.groups = DATA.palette[isDark() ? "dark" : "light"];
  return colors;
}

// Calls `redraw` after each change; the button stands in the bar of tools.
function watchTheme(redraw) {
  const button = byId("theme");
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    redraw();
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  darkSystem.addEventListener("change", show);
  show();
}
