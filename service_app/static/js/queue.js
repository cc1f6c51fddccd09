// The queue of the board: what came since is counted on top and shown when asked for, never under the hand.
(function () {
  "use strict";
  const ASK_MS = 20000;
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const known = new Set(Array.from(queue.querySelectorAll("[data-row]"), function (row) { return row.id; }));
  let told = null;

  function tell(count) {
    if (!told) {
      told = document.createElement("a");
      told.className = "s-newrows";
      told.href = queue.dataset.queue;
      told.setAttribute("role", "status");
      queue.querySelector("header").after(told);
    }
    const words = queue.dataset.new.replace("%s", count);
    if (told.textContent !== words) told.textContent = words;
  }
  function look(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const rows = Array.from(page.querySelectorAll("[data-queue] [data-row]"));
    const fresh = rows.filter(function (row) { return !known.has(row.id); });
    if (fresh.length) tell(fresh.length);
  }
  setInterval(function () {
    if (document.visibilityState !== "visible") return;
    fetch(queue.dataset.queue, { credentials: "same-origin", headers: { Accept: "text/html" } })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : ""; })
      .then(function (text) { if (text) look(text); })
      .catch(function () { /* no network: the next look comes by itself */ });
  }, ASK_MS);
})();
