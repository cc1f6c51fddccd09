// The camera tile: several photos one after another, previews, removal, scaled before they travel.
(function () {
  "use strict";
  const LONGEST = 2048;
  const SMALL_BYTES = 1500000;

  function scaled(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      const share = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      if (share === 1 && file.size < SMALL_BYTES) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * share);
      canvas.height = Math.round(picture.height * share);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return new Promise(function (done) {
        canvas.toBlob(function (blob) {
          if (!blob || blob.size >= file.size) return done(file);
          done(new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified }));
        }, "image/jpeg", 0.85);
      });
    }).catch(function () { return file; });
  }

  function setUp(box) {
    const input = box.querySelector("[data-photo-input]");
    const shelf = box.querySelector("[data-picked]");
    let kept = [];

    function hand() {
      const transfer = new DataTransfer();
      kept.forEach(function (one) { transfer.items.add(one.file); });
      input.files = transfer.files;
    }
    function card(one) {
      const figure = document.createElement("figure");
      let shown;
      if (one.file.type.startsWith("image/")) {
        shown = document.createElement("img");
        shown.src = URL.createObjectURL(one.file);
        shown.alt = one.file.name;
        shown.addEventListener("load", function () { URL.revokeObjectURL(shown.src); });
      } else {
        shown = document.createElement("span");
        shown.textContent = one.file.name;
      }
      const remove = document.createElement("button");
      remove.type = "button";
      remove.textContent = "×";
      remove.setAttribute("aria-label", box.dataset.remove + " " + one.file.name);
      remove.addEventListener("click", function () {
        kept = kept.filter(function (other) { return other !== one; });
        figure.remove();
        hand();
        input.focus();
      });
      figure.append(shown, remove);
      one.figure = figure;
      shelf.append(figure);
    }
    input.addEventListener("change", function () {
      const added = Array.from(input.files).map(function (file) { return { file: file }; });
      kept = kept.concat(added);
      hand();
      added.forEach(function (one) {
        card(one);
        one.figure.classList.add("is-busy");
        scaled(one.file).then(function (ready) {
          one.file = ready;
          one.figure.classList.remove("is-busy");
          if (kept.includes(one)) hand();
        });
      });
    });
  }
  document.querySelectorAll("[data-photos]").forEach(setUp);
})();
