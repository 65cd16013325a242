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

// A long board is searched here, in the browser: a name never goes into an address.
const finn = document.getElementById("finn");
const GRENSE = 8;

function søk() {
  const rader = [...document.querySelectorAll(".rad[data-navn]")];
  if (finn.value === "") document.getElementById("soek").hidden = rader.length < GRENSE;
  const ord = finn.value.trim().toLocaleLowerCase("nb").split(/\s+/);
  let treff = 0;
  for (const rad of rader) {
    const er = ord.every((o) => rad.dataset.navn.includes(o));
    rad.hidden = !er;
    treff += er;
  }
  for (const del of document.querySelectorAll("section:has(.rad[data-navn])")) {
    del.hidden = !del.querySelector(".rad[data-navn]:not([hidden])");
  }
  const svar = document.getElementById("finn-svar");
  svar.textContent = finn.value.trim() === "" ? "" : treff === 0 ? "Ingen på tavla heter det." : `${treff} av ${rader.length}`;
}

if (finn) {
  søk();
  finn.addEventListener("input", søk);
  document.addEventListener("htmx:afterSettle", søk);
}
