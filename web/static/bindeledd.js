// Says so when the page has lost contact: what it shows may then be old, and somebody could act on it.
"use strict";

function kontakt(ja) {
  const varsel = document.getElementById("uten-kontakt");
  if (varsel && varsel.hidden !== ja) varsel.hidden = ja;
}

document.addEventListener("htmx:sendError", () => kontakt(false));
document.addEventListener("htmx:responseError", () => kontakt(false));
document.addEventListener("htmx:sseError", () => kontakt(false));
document.addEventListener("htmx:afterOnLoad", (event) => { if (event.detail.successful !== false) kontakt(true); });
document.addEventListener("htmx:sseOpen", () => kontakt(true));

// A page does not change under somebody who is filling in a form: it waits until they have left the form.
let ventende = null;
const utfylles = () => document.activeElement && document.activeElement.closest("form[data-holdes]");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!utfylles() || !event.target.contains(utfylles())) return;
  ventende = event.target;
  event.preventDefault();
});
document.addEventListener("focusout", (event) => {
  const form = event.target.closest("form[data-holdes]");
  if (!form || !ventende || form.contains(event.relatedTarget)) return;
  const del = ventende;
  ventende = null;
  setTimeout(() => htmx.trigger(del, "forfrisk"), 0);
});
