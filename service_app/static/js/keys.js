// Keys of the desk, by their place on the keyboard, silent while something is typed.
(function () {
  "use strict";
  if (document.body.dataset.keys === "off") return;
  const places = { KeyB: "/board", KeyO: "/orders", KeyM: "/machines", KeyP: "/promises" };
  let isAfterG = false;

  function rows() { return Array.from(document.querySelectorAll("[data-row]")); }
  function chosen() { return document.querySelector("[data-row].is-selected"); }
  function choose(row) {
    const old = chosen();
    if (old) old.classList.remove("is-selected");
    row.classList.add("is-selected");
  }
  function select(step) {
    const all = rows();
    if (!all.length) return false;
    const old = all.indexOf(chosen());
    const row = all[old < 0 ? 0 : Math.max(0, Math.min(all.length - 1, old + step))];
    choose(row);
    const link = row.querySelector("a[href]");
    if (link) link.focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }
  function go(code) {
    const link = document.querySelector('.s-side nav a[href="' + places[code] + '"]');
    if (link) location.href = link.href;
    return Boolean(link);
  }
  function find() {
    const field = document.querySelector("main input[type=search]") || document.querySelector("[data-key-find]");
    if (!field) return false;
    if (field.tagName === "A") field.click(); else field.focus();
    return true;
  }
  function help() {
    const list = document.getElementById("keys-help");
    if (list) list.showModal();
    return Boolean(list);
  }
  function press(letter) {
    const own = chosen() && chosen().querySelector('[data-key="' + letter + '"]');
    const target = own || document.querySelector('main [data-key="' + letter + '"]');
    if (target) target.click();
    return Boolean(target);
  }
  function act(event) {
    const code = event.code;
    if (isAfterG && places[code]) { isAfterG = false; return go(code); }
    isAfterG = code === "KeyG";
    if (code === "Slash") return event.shiftKey ? help() : find();
    if (code === "ArrowDown" || code === "KeyJ") return select(1);
    if (code === "ArrowUp" || code === "KeyK") return select(-1);
    if (code === "Enter" && event.target === document.body && chosen()) {
      const link = chosen().querySelector("a[href]");
      if (link) link.click();
      return Boolean(link);
    }
    if (/^Key[A-Z]$/.test(code) && !event.shiftKey) return press(code.slice(3));
    return false;
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    if (act(event)) event.preventDefault();
  });
  document.addEventListener("focusin", function (event) {
    const row = event.target.closest("[data-row]");
    if (row) choose(row);
  });
})();
