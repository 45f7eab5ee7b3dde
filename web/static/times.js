// Lets the times of an open page grow older, in the words in which they were written.
(() => {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const spoken = (seconds) => {
    for (const [unit, length] of units) {
      const number = Math.floor(seconds / length);
      if (number > 0) return `${number} ${unit}${number > 1 ? "s" : ""} ago`;
    }
    return "just now";
  };
  const age = () => {
    for (const time of document.querySelectorAll("time[data-ages]")) {
      const words = spoken((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (time.textContent !== words) time.textContent = words;
    }
  };
  setInterval(age, 20000);
})();
