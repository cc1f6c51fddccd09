// Shares of causes: steps of five, their sum, the keys 1–6 and Ctrl+Enter. Without it: six fields.
(function () {
  "use strict";
  const form = document.querySelector("form[data-shares]");
  if (!form) return;
  const fields = Array.from(form.querySelectorAll(".s-share input"));
  const total = form.querySelector("[data-total]");

  function sum() {
    const made = fields.reduce(function (all, f) { return all + (parseInt(f.value, 10) || 0); }, 0);
    total.textContent = String(made);
    total.classList.toggle("s-tone-red", made !== 100);
  }
  function step(button) {
    const field = document.getElementById(button.dataset.for);
    const made = (parseInt(field.value, 10) || 0) + Number(button.dataset.step);
    field.value = String(Math.max(0, Math.min(100, made)));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function giveAll(chosen) {
    fields.forEach(function (f, n) { f.value = n === chosen ? "100" : ""; });
    fields[0].dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.querySelectorAll("[data-step]").forEach(function (button) { button.hidden = false; });
  form.addEventListener("click", function (event) {
    const button = event.target.closest("[data-step]");
    if (button) step(button);
  });
  form.addEventListener("input", sum);
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); return form.requestSubmit(); }
    if (document.body.dataset.keys === "off" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const digit = /^Digit([1-6])$/.exec(event.code);
    if (digit) { event.preventDefault(); giveAll(Number(digit[1]) - 1); }
  });
  sum();
})();
