/* Small helps on top of pages that work without JavaScript.
   1 What was typed is not lost: forms with data-keep (or any POST form with a textarea) are kept in this tab until the
     server has accepted them.  2 "?" opens the page's keyboard help.  3 The menu closes by Escape. */
"use strict";
(() => {
  const PREFIX = "mitstadt:";
  const SKIP = /^(password|hidden|file|submit|button|radio|checkbox)$/;

  const store = {
    get(key) { try { return JSON.parse(sessionStorage.getItem(PREFIX + key) || "null"); } catch { return null; } },
    set(key, value) { try { sessionStorage.setItem(PREFIX + key, JSON.stringify(value)); } catch { /* full or forbidden */ } },
    drop(key) { try { sessionStorage.removeItem(PREFIX + key); } catch { /* forbidden */ } },
  };

  const keeps = (form) =>
    form.method === "post" && form.dataset.keep !== "no" && (form.dataset.keep !== undefined || form.querySelector("textarea"));
  const keyOf = (form) => "form:" + location.pathname + ":" + (form.dataset.keep || form.getAttribute("action") || "");
  const fieldsOf = (form) =>
    [...form.elements].filter((f) => f.name && f.name !== "csrfmiddlewaretoken" && "value" in f && !SKIP.test(f.type) && f.autocomplete !== "one-time-code");

  function remember(form) {
    const values = {};
    for (const field of fieldsOf(form)) if (field.value && field.value !== field.defaultValue) values[field.name] = field.value;
    if (Object.keys(values).length) store.set(keyOf(form), values); else store.drop(keyOf(form));
  }

  function restore(form) {
    const values = store.get(keyOf(form));
    if (!values) return;
    let filled = false;
    for (const field of fieldsOf(form)) {
      if (values[field.name] !== undefined && !field.value) { field.value = values[field.name]; filled = true; }
    }
    if (filled) form.dispatchEvent(new CustomEvent("mitstadt:restored", { bubbles: true }));
  }

  function watch(root) {
    for (const form of root.querySelectorAll("form")) {
      if (!keeps(form) || form.dataset.watched) continue;
      form.dataset.watched = "1";
      restore(form);
      form.addEventListener("input", () => remember(form));
      form.addEventListener("submit", () => { remember(form); store.set("sent", { key: keyOf(form), path: location.pathname }); });
    }
  }

  /* The page after a submit decides: error pages (data-form-lost), the login and going back keep what was typed; a page
     with an error summary has it in its own fields; anything else means that the server accepted it. */
  function settle() {
    const sent = store.get("sent");
    if (!sent) return;
    store.drop("sent");
    const arrival = (performance.getEntriesByType("navigation")[0] || {}).type;
    const back = sent.path === location.pathname && (arrival === "back_forward" || arrival === "reload");
    if (!back && !document.querySelector("[data-form-lost], #fehler") && !/\/konto\/(login|signup|reauthenticate|2fa|post|bestaetigen)/.test(location.pathname)) store.drop(sent.key);
  }

  document.addEventListener("DOMContentLoaded", () => { settle(); watch(document); });
  document.addEventListener("htmx:load", (event) => watch(event.target.parentElement || document));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const menu = document.querySelector(".ms-menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      return;
    }
    if (event.key !== "?" || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable) return;
    const help = document.querySelector("[data-keyboard-help]");
    if (!help) return;
    event.preventDefault();
    if (help.tagName === "DETAILS") help.open = !help.open;
    else help.hidden = !help.hidden;
    if (help.open || help.hidden === false) { help.tabIndex = -1; help.focus(); help.scrollIntoView({ block: "nearest" }); }
  });
})();
