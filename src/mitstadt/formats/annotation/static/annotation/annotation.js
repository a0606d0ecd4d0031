// Remarks in place: select words with mouse or finger, or step from word to word with the arrow keys. Without this the
// link "Dazu etwas sagen" leads to the same form on a page of its own. Places are counted in code points, as on the server.
(() => {
  "use strict";
  const page = document.querySelector("[data-text]");
  const points = (text) => [...text].length;

  // -- the words of a form --------------------------------------------------------------------------------------
  function step(form) {
    const first = form.elements.first, last = form.elements.last;
    const text = form.dataset.words;
    if (!first || !last || !text) return;
    const box = document.createElement("div");
    box.className = "an-stepper";
    const words = document.createElement("div");
    words.className = "an-stepper__words";
    words.tabIndex = 0;
    words.dir = "auto";
    words.setAttribute("role", "group");
    words.setAttribute("aria-label", form.dataset.stepper);
    const spans = [];
    for (const piece of text.split(/(\s+)/)) {
      if (!piece.trim()) { words.append(piece); continue; }
      const span = document.createElement("span");
      span.textContent = piece;
      span.dataset.at = spans.length;
      spans.push(span);
      words.append(span);
    }
    const help = document.createElement("p");
    help.textContent = form.dataset.stepper;
    const said = document.createElement("p");
    said.setAttribute("aria-live", "polite");
    box.append(words, said, help);
    const scope = (value) => { for (const radio of form.elements.scope) radio.checked = radio.value === value; };
    let anchor = 0, here = 0, whole = form.elements.scope.value !== "words";
    if (!whole) { anchor = Number(first.value) || 0; here = Number(last.value) || 0; }

    function draw() {
      const a = Math.min(anchor, here), b = Math.max(anchor, here);
      spans.forEach((span, at) => {
        span.toggleAttribute("data-on", whole || (at >= a && at <= b));
        span.toggleAttribute("data-here", !whole && at === here && document.activeElement === words);
      });
      scope(whole ? "whole" : "words");
      first.value = a; last.value = b; form.elements.words.value = "";
      const chosen = whole ? spans : spans.slice(a, b + 1);
      const quote = chosen.map((span) => span.textContent).join(" ");
      said.textContent = form.dataset.chosen + " „" + (quote.length > 120 ? quote.slice(0, 119) + "…" : quote) + "“";
    }
    words.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8, Home: -spans.length, End: spans.length }[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (whole) { anchor = 0; here = move > 0 ? 0 : spans.length - 1; whole = false; if (!event.shiftKey) anchor = here; }
      else { here = Math.max(0, Math.min(spans.length - 1, here + move)); if (!event.shiftKey) anchor = here; }
      draw();
    });
    let dragging = false;
    words.addEventListener("pointerdown", (event) => {
      const at = event.target.dataset.at;
      if (at === undefined) return;
      dragging = event.pointerType === "mouse"; whole = false; here = Number(at);
      if (!event.shiftKey) anchor = here;
      draw();
    });
    words.addEventListener("pointerover", (event) => {
      if (dragging && event.target.dataset.at !== undefined) { here = Number(event.target.dataset.at); draw(); }
    });
    document.addEventListener("pointerup", () => { dragging = false; });
    words.addEventListener("focus", draw);
    words.addEventListener("blur", draw);
    if (form.elements.words.value) return; // somebody copied words: their way stays visible
    form.querySelector(".an-choice").prepend(box);
    form.classList.add("an-form--step");
    draw();
  }
  for (const form of document.querySelectorAll(".an-form")) step(form);
  if (!page || !page.dataset.text) return;
  for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;

  // -- the form in its place --------------------------------------------------------------------------------------
  let open = null;
  function close(back) {
    if (!open) return;
    const link = open.link;
    open.place.remove();
    open = null;
    if (back && link) link.focus();
  }
  async function say(row, from, to) {
    const link = row.querySelector(".an-say a");
    let address = page.dataset.text.replace("KEY", row.dataset.key);
    if (to > from) address += "?von=" + from + "&bis=" + to;
    let answer;
    try { answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" }); } catch { answer = null; }
    if (!answer || !answer.ok || answer.redirected) { location.href = address; return; }
    close(false);
    const place = document.createElement("div");
    place.className = "an-place";
    place.innerHTML = await answer.text();
    row.querySelector(".an-side").prepend(place);
    open = { place, link };
    const form = place.querySelector("form");
    step(form);
    form.dispatchEvent(new Event("htmx:load", { bubbles: true })); // so that what is typed here is kept, too
    place.addEventListener("keydown", (event) => { if (event.key === "Escape") close(true); });
    place.querySelector("[data-close]").addEventListener("click", (event) => { event.preventDefault(); close(true); });
    const first = to > from ? form.elements.text : place.querySelector(".an-stepper__words") || form.elements.text;
    first.focus({ preventScroll: true });
    const top = row.getBoundingClientRect().top;
    if (top < 0 || top > window.innerHeight / 3) row.scrollIntoView({ block: "start" });
  }
  page.addEventListener("click", (event) => {
    const link = event.target.closest(".an-say a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    say(link.closest(".an-row"), 0, 0);
  });

  // -- words selected with mouse or finger --------------------------------------------------------------------------
  const pop = document.createElement("button");
  pop.type = "button";
  pop.className = "an-pop ms-noprint";
  pop.textContent = page.dataset.say;
  pop.hidden = true;
  document.body.append(pop);
  let chosen = null;
  function offset(words, node, at) {
    const range = document.createRange();
    range.selectNodeContents(words);
    range.setEnd(node, at);
    const copy = range.cloneContents();
    for (const number of copy.querySelectorAll(".an-ref")) number.remove();
    return points(copy.textContent);
  }
  function look() {
    const selection = document.getSelection();
    chosen = null;
    pop.hidden = true;
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const inside = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".an-words");
    const words = inside(range.startContainer);
    if (!words || !page.contains(words)) return;
    const from = offset(words, range.startContainer, range.startOffset);
    const to = inside(range.endContainer) === words ? offset(words, range.endContainer, range.endOffset) : points(words.textContent);
    if (to <= from) return;
    chosen = { row: words.closest(".an-row"), from, to };
    const box = range.getBoundingClientRect();
    pop.hidden = false;
    pop.style.top = window.scrollY + box.bottom + 6 + "px";
    pop.style.left = Math.max(8, Math.min(window.scrollX + box.left, window.innerWidth - pop.offsetWidth - 8)) + "px";
  }
  document.addEventListener("selectionchange", () => { clearTimeout(look.timer); look.timer = setTimeout(look, 150); });
  pop.addEventListener("mousedown", (event) => event.preventDefault());
  pop.addEventListener("click", () => {
    if (!chosen) return;
    const { row, from, to } = chosen;
    document.getSelection().removeAllRanges();
    pop.hidden = true;
    say(row, from, to);
  });

  // -- a number leads to its remark, wherever that is folded ----------------------------------------------------------
  function unfold() {
    const note = location.hash.startsWith("#a-") && document.getElementById(location.hash.slice(1));
    if (!note) return;
    for (let around = note.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    note.scrollIntoView({ block: "center" });
  }
  window.addEventListener("hashchange", unfold);
  unfold();
})();
