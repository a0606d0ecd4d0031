// Keys of the desk: j and k walk the rows, / searches, n opens the next question. Nothing depends on them.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    var marked = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (marked) {
      event.preventDefault();
      if (marked.tagName === "A") marked.click();
      else marked.focus();
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));
    if (!rows.length) return;
    var at = rows.indexOf(document.activeElement);
    var to = at + (event.key === "j" ? 1 : -1);
    rows[Math.min(Math.max(to, 0), rows.length - 1)].focus();
  });
})();
