// Answers questions by keys, and goes on to the next question when one is answered.
(() => {
  const OPEN = ".question:not(.decided)";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const current = () => document.activeElement?.closest(OPEN) ?? document.querySelector(OPEN);
  const goTo = (element) => {
    if (!element) return;
    element.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  };
  const after = (card) => {
    const cards = [...document.querySelectorAll(".question")];
    const open = (each) => each.matches(OPEN);
    return cards.slice(cards.indexOf(card) + 1).find(open) ?? cards.find(open) ?? document.getElementById("questions-end");
  };
  let last = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const key = event.key === "n" ? "0" : event.key;
    const button =
      key === "u"
        ? document.getElementById(last)?.querySelector("[data-undo]")
        : /^[0-9]$/.test(key) && current()?.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const card = event.target.closest?.(OPEN);
    if (card) last = card.id;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const card = event.target.closest?.(".question");
    if (!card) return;
    if (card.matches(".decided")) {
      if (event.detail.requestConfig?.verb === "post") goTo(after(card));
    } else {
      goTo(card.querySelector("[aria-invalid]") ?? card);
    }
  });
})();
