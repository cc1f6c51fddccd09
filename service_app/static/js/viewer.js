// Photos open large on the same page, with arrows; without scripts they are plain links.
(function () {
  "use strict";
  const box = document.getElementById("photo-viewer");
  if (!box || !box.showModal) return;
  const picture = box.querySelector("img");
  const caption = box.querySelector("[data-caption]");
  let links = [];
  let at = 0;

  function show(n) {
    at = (n + links.length) % links.length;
    const small = links[at].querySelector("img");
    picture.src = links[at].href;
    picture.alt = small.alt;
    caption.textContent = (links.length > 1 ? at + 1 + " / " + links.length + "  " : "") + small.alt;
  }
  document.addEventListener("click", function (event) {
    const link = event.target.closest(".s-photos a.s-photo");
    if (!link || !link.querySelector("img") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    links = Array.from(link.closest(".s-photos").querySelectorAll("a.s-photo")).filter(function (a) {
      return a.querySelector("img");
    });
    box.classList.toggle("s-single", links.length < 2);
    show(links.indexOf(link));
    box.showModal();
  });
  box.addEventListener("click", function (event) {
    const step = event.target.closest("[data-step]");
    if (step) show(at + Number(step.dataset.step));
  });
  box.addEventListener("keydown", function (event) {
    if (event.key === "ArrowRight") show(at + 1);
    if (event.key === "ArrowLeft") show(at - 1);
  });
  box.addEventListener("close", function () { picture.removeAttribute("src"); });
})();
