/* Questions that depend on another one appear only when they are asked. Without this file all are shown, each with its
   condition, and the server leaves out what was not asked. */
"use strict";
(() => {
  const parts = [...document.querySelectorAll("[data-only-if]")];
  const form = parts[0]?.closest("form");
  if (!form) return;
  for (const part of parts) part.querySelector(".sv-condition").hidden = true;
  function show() {
    for (const part of parts) {
      const wanted = part.dataset.values.split(" ");
      const given = [...form.querySelectorAll(`[name="${part.dataset.onlyIf}"]:checked`)]
        .filter((input) => !input.closest("[data-only-if][hidden]"))
        .map((input) => input.value);
      part.hidden = !given.some((value) => wanted.includes(value));
    }
  }
  form.addEventListener("change", show);
  form.addEventListener("mitstadt:restored", show);
  show();
})();
