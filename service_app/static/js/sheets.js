// Small presses: sheets open and close, links are copied, passwords shown, notices put away.
(function () {
  "use strict";
  function copied(button) {
    const old = button.getAttribute("aria-label");
    button.setAttribute("aria-label", button.dataset.copied);
    button.classList.add("is-copied");
    setTimeout(function () {
      button.setAttribute("aria-label", old);
      button.classList.remove("is-copied");
    }, 2000);
  }
  function press(event) {
    const opener = event.target.closest("[data-sheet]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.sheet);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const copier = event.target.closest("[data-copy]");
    if (copier && navigator.clipboard) {
      navigator.clipboard.writeText(new URL(copier.dataset.copy, location.href).href)
        .then(function () { copied(copier); });
    }
    const dismisser = event.target.closest("[data-dismiss]");
    if (dismisser) dismisser.closest(".s-notice").remove();
    const shower = event.target.closest("[data-show-password]");
    if (shower) {
      const input = document.getElementById(shower.dataset.showPassword);
      const isHidden = input.type === "password";
      input.type = isHidden ? "text" : "password";
      shower.setAttribute("aria-pressed", String(isHidden));
    }
  }
  document.addEventListener("click", press);
  // A press on the ground behind a sheet is a way out, and so is one outside an open menu.
  document.addEventListener("click", function (event) {
    if (event.target.matches("dialog.s-sheet")) {
      const box = event.target.getBoundingClientRect();
      const isInside = event.clientX >= box.left && event.clientX <= box.right &&
        event.clientY >= box.top && event.clientY <= box.bottom;
      if (!isInside) event.target.close();
    }
    document.querySelectorAll("details.s-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.s-menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
