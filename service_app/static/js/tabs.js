// On a phone the tabs scroll sideways: the present one is brought into sight.
(function () {
  "use strict";
  for (const tab of document.querySelectorAll(".s-tabs [aria-current]")) {
    const row = tab.closest(".s-tabs");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
})();
