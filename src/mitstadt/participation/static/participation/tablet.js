/* Whoever walks away leaves nothing behind: after a while without a touch the tablet asks, then it begins anew. Without
   this file the page does so by itself after ten minutes. */
"use strict";
(() => {
  const form = document.querySelector("[data-idle]");
  const asks = document.querySelector(".tb__idle");
  if (!form || !asks) return;
  const wait = Number(form.dataset.idle) * 1000;
  let timer;
  function leave() {
    form.reset();
    location.replace(form.dataset.start);
  }
  function ask() {
    asks.hidden = false;
    asks.querySelector("button").focus();
    timer = setTimeout(leave, 30_000);
  }
  function touched() {
    clearTimeout(timer);
    if (!asks.hidden) return;
    timer = setTimeout(ask, wait);
  }
  for (const event of ["input", "pointerdown", "keydown", "scroll"]) addEventListener(event, touched, { passive: true });
  asks.querySelector("button").addEventListener("click", () => { asks.hidden = true; touched(); form.querySelector("textarea, input:not([type=hidden])")?.focus(); });
  addEventListener("pageshow", (event) => { if (event.persisted) leave(); });
  touched();
})();
