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
