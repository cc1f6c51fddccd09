// The signature pad: strokes are kept as points, redrawn when the screen turns, stored as PNG.
(function () {
  "use strict";
  function setUp(canvas) {
    const field = document.getElementById(canvas.dataset.signature);
    const pad = new window.SignaturePad(canvas, { penColor: "#14326B", minWidth: 0.8, maxWidth: 2.4 });
    let width = 0;
    function fit() {
      if (!canvas.offsetWidth || canvas.offsetWidth === width) return;
      width = canvas.offsetWidth;
      const ratio = Math.max(window.devicePixelRatio || 1, 1);
      const strokes = pad.toData();
      canvas.width = canvas.offsetWidth * ratio;
      canvas.height = canvas.offsetHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      pad.clear();
      if (strokes.length) pad.fromData(strokes);
      else if (field.value) pad.fromDataURL(field.value, { width: canvas.offsetWidth, height: canvas.offsetHeight });
    }
    function clear() { pad.clear(); field.value = ""; }
    fit();
    window.addEventListener("resize", fit);
    pad.addEventListener("endStroke", function () { field.value = pad.toDataURL("image/png"); });
    document.querySelectorAll('[data-clear="' + canvas.dataset.signature + '"]').forEach(function (button) {
      button.addEventListener("click", clear);
    });
    document.querySelectorAll('[data-full="' + canvas.dataset.signature + '"]').forEach(function (button) {
      button.addEventListener("click", function () {
        const isFull = canvas.closest(".s-sign").classList.toggle("is-full");
        button.setAttribute("aria-pressed", String(isFull));
        width = 0;
        fit();
      });
    });
  }
  const pads = Array.from(document.querySelectorAll("canvas[data-signature]"));
  if (!pads.length) return;
  if (window.SignaturePad) { pads.forEach(setUp); return; }
  const library = document.createElement("script");
  library.src = pads[0].dataset.library;
  library.addEventListener("load", function () { pads.forEach(setUp); });
  document.head.append(library);
})();
