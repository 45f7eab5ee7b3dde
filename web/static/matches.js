// Answers questions by keys, and goes on to the next question when one is answered.
// A key decides only for the card that has the focus and is in sight; without one it marks the card that is most in sight.
(() => {
  const OPEN = ".question:not(.decided)";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const cards = () => [...document.querySelectorAll(".question")];
  const seen = (card) => {
    const { top, bottom, height } = card.getBoundingClientRect();
    const part = Math.min(bottom, innerHeight) - Math.max(top, 0);
    return Math.max(0, part) / Math.min(height, innerHeight);
  };
  const current = () => {
    const card = document.activeElement?.closest(".question");
    return card && seen(card) > 0.5 ? card : null;
  };
  const goTo = (element) => {
    if (!element) return;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  };
  const after = (card) => {
    const all = cards();
    const open = (each) => each.matches(OPEN);
    return all.slice(all.indexOf(card) + 1).find(open) ?? all.find(open) ?? document.getElementById("questions-end");
  };
  const next = (card) => {
    const all = cards();
    return document.querySelector(OPEN) ? after(card) : all[(all.indexOf(card) + 1) % all.length];
  };
  const mostSeen = () => {
    const all = cards();
    const open = all.filter((each) => each.matches(OPEN));
    return (open.length ? open : all).reduce((best, each) => (!best || seen(each) > seen(best) ? each : best), null);
  };
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const given = [];
  const undoOf = (card) => card?.querySelector("[data-undo]");
  const toUndo = (card) =>
    undoOf(card) ??
    given.map((id) => undoOf(document.getElementById(id))).findLast(Boolean) ??
    document.querySelector("[data-undo]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (!/^[0-9nu]$/.test(event.key)) return;
    const card = current();
    if (event.key === "u") {
      const button = toUndo(card);
      if (!button) return;
      card ? button.click() : goTo(button.closest(".question"));
    } else if (!card) {
      goTo(mostSeen());
    } else if (event.key === "n") {
      goTo(next(card));
    } else {
      card.querySelector(`[data-key="${event.key}"]`)?.click();
    }
    event.preventDefault();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const card = event.target.closest?.(OPEN);
    if (card) given.push(card.id);
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
