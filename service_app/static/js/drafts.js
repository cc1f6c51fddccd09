// Drafts: what was typed in a form with data-draft stays in this browser until the server took it.
(function () {
  "use strict";
  const SKIP = ["password", "hidden", "file", "submit", "button"];
  const SENT = "sent-draft";
  const person = document.body.dataset.person || "";

  function keyOf(name) { return "draft:" + person + ":" + name; }
  function fieldsOf(form) {
    return Array.from(form.elements).filter(function (e) { return e.name && !SKIP.includes(e.type); });
  }
  function isPicked(field) { return field.type === "radio" || field.type === "checkbox"; }

  // The page a sent form led to says whether it was taken; one reached by going back says nothing.
  function settle() {
    const name = sessionStorage.getItem(SENT);
    if (!name) return;
    const entry = performance.getEntriesByType("navigation")[0];
    const isAnswer = !entry || entry.type === "navigate";
    const isTaken = document.querySelector(".s-notice-success, [data-draft-done]") !== null;
    const isElsewhere = !document.querySelector('form[data-draft="' + CSS.escape(name) + '"], .s-plain');
    if (isTaken || (isAnswer && isElsewhere)) localStorage.removeItem(keyOf(name));
    sessionStorage.removeItem(SENT);
  }

  function restore(form, key) {
    if (form.querySelector(".s-err, .s-summary")) return;
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch (error) { localStorage.removeItem(key); }
    if (!kept) return;
    fieldsOf(form).forEach(function (field) {
      if (!(field.name in kept)) return;
      if (isPicked(field)) field.checked = kept[field.name].includes(field.value);
      else if (!field.value) field.value = kept[field.name][0] || "";
    });
  }

  function keep(form, key) {
    const values = {};
    fieldsOf(form).forEach(function (field) {
      const list = (values[field.name] = values[field.name] || []);
      if (!isPicked(field) || field.checked) list.push(field.value);
    });
    try { localStorage.setItem(key, JSON.stringify(values)); } catch (error) { /* the store is full */ }
  }

  settle();
  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    const key = keyOf(form.dataset.draft);
    restore(form, key);
    form.addEventListener("input", function () { keep(form, key); });
    form.addEventListener("submit", function () { sessionStorage.setItem(SENT, form.dataset.draft); });
  });
  // Who signs out leaves nothing behind on a shared machine.
  document.querySelectorAll("form[data-forget-drafts]").forEach(function (form) {
    form.addEventListener("submit", function () {
      Object.keys(localStorage).filter(function (k) { return k.startsWith("draft:"); })
        .forEach(function (k) { localStorage.removeItem(k); });
    });
  });
})();
