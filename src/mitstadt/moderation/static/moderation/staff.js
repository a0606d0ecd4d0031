// Keyboard for moderators: j and k walk through the queue, Enter opens, 1 to 4 choose, ? shows the keys.
// Everything also works with Tab and Enter; without this file nothing is missing.
(function () {
  "use strict";
  const rows = Array.from(document.querySelectorAll("[data-mod-row]"));
  const choices = Array.from(document.querySelectorAll("[data-mod-choices] input[type=radio]"));
  const keys = document.querySelector("[data-mod-keys]");
  const back = document.querySelector("[data-mod-back]");

  function walk(step) {
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    const next = here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + step));
    rows[next].focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tag = event.target.tagName;
    const typing = tag === "TEXTAREA" || tag === "SELECT" || (tag === "INPUT" && event.target.type !== "radio");
    if (typing) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "?" && keys) keys.open = !keys.open;
    else if (event.key === "u" && back) back.click();
    else if (/^[1-9]$/.test(event.key) && choices[Number(event.key) - 1]) {
      const choice = choices[Number(event.key) - 1];
      choice.checked = true;
      choice.focus();
    } else return;
    event.preventDefault();
  });
})();
