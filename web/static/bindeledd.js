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

// A form says what is missing while one writes, by the names that its fields have on the page.
function ledetekst(felt) {
  const legende = felt.type === "radio" && felt.closest("fieldset");
  const navn = legende ? legende.querySelector("legend") : felt.labels && felt.labels[0];
  return navn ? navn.textContent.trim().replace(/[:?]+$/, "") : "";
}

function mangler(skjema) {
  const tomme = [...skjema.querySelectorAll(":is(input, select, textarea):invalid")].map(ledetekst);
  for (const gruppe of skjema.querySelectorAll("[data-minst-en]")) {
    if (!gruppe.querySelector("input:checked")) tomme.push(gruppe.querySelector("legend").textContent.trim().replace(/[:?]+$/, ""));
  }
  return [...new Set(tomme.filter(Boolean))];
}

function siFra(skjema) {
  const svar = skjema.querySelector(".mangler");
  if (!svar) return;
  const tomme = mangler(skjema);
  const tekst = tomme.length ? `Mangler ennå: ${tomme.join(", ")}.` : "Alt som må være med, er fylt ut.";
  if (svar.textContent !== tekst) svar.textContent = tekst;
}

for (const skjema of document.querySelectorAll("form.skjema")) {
  if (!mangler(skjema).length) continue;
  const svar = document.createElement("p");
  svar.className = "mangler";
  svar.setAttribute("role", "status");
  const knapper = skjema.querySelector(":scope > .knapper");
  if (!knapper) continue;
  knapper.before(svar);
  siFra(skjema);
  skjema.addEventListener("input", () => siFra(skjema));
  skjema.addEventListener("change", () => siFra(skjema));
}

// A story is stepped through while one pulls the slider; the moment stands in the address, so that it can be handed on.
const spole = document.getElementById("steg");

function spolt() {
  const nå = document.querySelector("#gang [data-steg]");
  if (!nå) return;
  const steg = Number(nå.dataset.steg);
  spole.setAttribute("aria-valuetext", nå.textContent);
  for (const knapp of document.querySelectorAll("[data-spol]")) {
    const dit = steg + Number(knapp.dataset.spol);
    knapp.value = Math.min(Math.max(dit, 1), Number(spole.max));
    knapp.setAttribute("aria-disabled", String(knapp.value !== String(dit)));
  }
}

if (spole) {
  document.querySelector("[data-uten-skript]").hidden = true;
  spolt();
  document.addEventListener("htmx:afterSettle", () => {
    spolt();
    const nå = document.querySelector("#gang [data-adresse]");
    if (!nå) return;
    history.replaceState(null, "", nå.dataset.adresse);
    document.getElementById("per").value = nå.dataset.felt;
  });
  document.addEventListener("click", (event) => {
    const knapp = event.target.closest("[data-spol]");
    if (!knapp) return;
    event.preventDefault();
    spole.value = knapp.value;
    spole.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-skriv-ut]")) window.print();
});
