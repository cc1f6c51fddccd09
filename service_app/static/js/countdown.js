// Countdowns: minutes run off inside the working interval the server named; each minute it is asked again.
(function () {
  "use strict";
  const STEP_MS = 15000;
  const ASK_MS = 60000;
  const RING = 38.96;
  const units = document.documentElement.lang === "ru" ? ["ч", "мин"] : ["h", "min"];
  const opened = Date.now();
  const drawnAt = new WeakMap(); // pill → when the server drew it

  function words(seconds) {
    const minutes = Math.floor(Math.abs(seconds) / 60);
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (hours >= 100) return hours + "\u00a0" + units[0];
    if (!hours) return rest + "\u00a0" + units[1];
    return hours + "\u00a0" + units[0] + (rest ? " " + rest + "\u00a0" + units[1] : "");
  }
  // Screen readers hear a change of tone, not each minute.
  function turn(pill, tone) {
    pill.classList.remove("s-calm", "s-soon", "s-late");
    pill.classList.add("s-" + tone);
    pill.dataset.tone = tone;
    pill.setAttribute("role", "status");
  }
  function write(pill, text) {
    const left = pill.querySelector("[data-left]");
    if (left.textContent !== text) left.textContent = text;
  }
  function draw(pill, now) {
    const until = Date.parse(pill.dataset.until);
    const passed = Math.max(0, (Math.min(now, until) - (drawnAt.get(pill) || opened)) / 1000);
    const seconds = Number(pill.dataset.countdown);
    if (pill.dataset.over || pill.dataset.tone === "late") {
      return write(pill, "+" + words(pill.dataset.over ? passed - seconds : seconds + passed));
    }
    const rest = seconds - passed;
    if (rest <= 0) {
      pill.dataset.over = "1";
      turn(pill, "late");
      return write(pill, "+" + words(rest));
    }
    write(pill, words(rest));
    if (pill.dataset.soon && rest <= Number(pill.dataset.soon) && pill.dataset.tone !== "soon") turn(pill, "soon");
    const ring = pill.querySelector(".s-fg");
    const used = Number(pill.dataset.share || 0);
    if (ring && used < 1) {
      const total = seconds / (1 - used);
      ring.setAttribute("stroke-dasharray", (RING * (1 - rest / total)).toFixed(1) + " 40");
    }
  }
  function tick() {
    if (document.visibilityState !== "visible") return;
    const now = Date.now();
    document.querySelectorAll("[data-countdown]").forEach(function (pill) { draw(pill, now); });
  }
  // Pills with data-ask and an id are replaced by those of the same id in the answer.
  function replace(page, url) {
    document.querySelectorAll("[data-ask][id]").forEach(function (old) {
      const drawn = old.dataset.ask === url && page.getElementById(old.id);
      if (!drawn || old.contains(document.activeElement)) return;
      const fresh = document.importNode(drawn, true);
      const was = old.dataset.tone || "";
      if ((fresh.dataset.tone || "") !== was) fresh.setAttribute("role", "status");
      drawnAt.set(fresh, Date.now());
      old.replaceWith(fresh);
    });
  }
  function ask() {
    if (document.visibilityState !== "visible") return;
    const pills = Array.from(document.querySelectorAll("[data-ask][id]"));
    new Set(pills.map(function (p) { return p.dataset.ask; })).forEach(function (url) {
      fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" } }).then(function (answer) {
        return answer.ok && !answer.redirected ? answer.text() : "";
      }).then(function (text) {
        if (text) replace(new DOMParser().parseFromString(text, "text/html"), url);
      }).catch(function () { /* no network: the minutes go on by this clock */ });
    });
  }
  if (!document.querySelector("[data-countdown], [data-ask]")) return;
  setInterval(tick, STEP_MS);
  setInterval(ask, ASK_MS);
  document.addEventListener("visibilitychange", function () { tick(); ask(); });
})();
