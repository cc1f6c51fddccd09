// A swap shows nothing for 300 ms, then a thin line on top; a lost network is said, nothing is lost.
(function () {
  "use strict";
  const WAIT_MS = 300;
  let running = 0;
  let timer = 0;
  function start() {
    running += 1;
    if (running === 1) timer = setTimeout(function () { document.body.classList.add("is-loading"); }, WAIT_MS);
  }
  function stop() {
    running = Math.max(0, running - 1);
    if (running) return;
    clearTimeout(timer);
    document.body.classList.remove("is-loading");
  }
  document.addEventListener("htmx:before:request", start);
  document.addEventListener("htmx:finally:request", stop);
  function line() { document.body.classList.toggle("is-offline", navigator.onLine === false); }
  window.addEventListener("online", line);
  window.addEventListener("offline", line);
  line();
})();
