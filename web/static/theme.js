// Keeps the chosen theme; without a choice the system's is followed.
(() => {
  const root = document.documentElement;
  const order = ["", "light", "dark"];
  const words = { "": "Theme: auto", light: "Theme: light", dark: "Theme: dark" };
  const stored = () => {
    try {
      return localStorage.getItem("theme") || "";
    } catch {
      return "";
    }
  };
  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.setAttribute("aria-label", words[theme]);
      button.firstElementChild.textContent = words[theme];
    }
  };
  root.classList.add("scripted");
  show(stored());
  document.addEventListener("DOMContentLoaded", () => show(stored()));
  document.addEventListener("htmx:historyRestore", () => show(stored()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = order[(order.indexOf(stored()) + 1) % order.length];
    try {
      localStorage.setItem("theme", next);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    show(next);
  });
})();
