// Forms: one press sends once, refusals get the focus, choices may send themselves.
(function () {
  "use strict";
  const RELEASE_MS = 20000;
  document.body.classList.add("has-js");

  const first = document.querySelector("[data-focus]") || document.querySelector("[aria-invalid=true]");
  if (first) first.focus();

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll(".is-busy").forEach(function (button) {
      button.classList.remove("is-busy");
      button.style.minWidth = "";
    });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const method = (event.submitter && event.submitter.getAttribute("formmethod")) || form.method;
    if (method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button && button.classList.contains("btn")) {
      button.style.minWidth = button.offsetWidth + "px";
      button.classList.add("is-busy");
    }
    // An answer that is a file leaves the page where it is.
    setTimeout(release, RELEASE_MS, form);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  document.querySelectorAll("[data-auto-submit]").forEach(function (field) {
    field.addEventListener("change", function () { field.form.requestSubmit(); });
  });
})();
