// What is pasted from Word or a page brings its headings and lists along. Without this the plain text arrives.
(() => {
  "use strict";
  for (const field of document.querySelectorAll("textarea[data-paste-html]")) {
    field.addEventListener("paste", (event) => {
      const html = event.clipboardData && event.clipboardData.getData("text/html");
      if (!html || !/<(p|h[1-6]|li|table)\b/i.test(html)) return;
      event.preventDefault();
      field.setRangeText(html.replace(/^[\s\S]*<!--StartFragment-->|<!--EndFragment-->[\s\S]*$/g, ""), field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
})();
