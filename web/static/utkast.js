// What somebody writes in a form is not lost when their session ends: this tab keeps it until they open the form again,
// and no longer than to the page that comes next when that is the one they asked for. Whoever else is chosen gets nothing.
"use strict";

{
  const LAGER = "utkast";
  const EGET = ["merke", "noekkel"]; // what each page gives its forms anew
  const { hvem, status, doer } = document.body.dataset;
  const ved_døra = doer !== undefined || !hvem;
  const sti = (skjema) => new URL(skjema.action).pathname;
  const felter = (skjema) => [...skjema.elements].filter((felt) => felt.name && felt.type !== "submit" && !EGET.includes(felt.name));

  function endret(felt) {
    if (felt.type === "checkbox" || felt.type === "radio") return felt.checked !== felt.defaultChecked;
    if (felt.options) return felt.selectedIndex !== Math.max(0, [...felt.options].findIndex((valg) => valg.defaultSelected));
    return "defaultValue" in felt && felt.value !== felt.defaultValue;
  }

  function skrevne() {
    const ikke_lagret = ["409", "422", "503"].includes(status);
    const her = ikke_lagret && document.referrer ? new URL(document.referrer).pathname : location.pathname;
    return [...document.forms]
      .filter((skjema) => skjema.method === "post" && (ikke_lagret || felter(skjema).some(endret)))
      .map((skjema) => {
        const felt = [...new FormData(skjema)].filter(([navn]) => !EGET.includes(navn));
        return { hvem, side: her, sti: sti(skjema), felt, holdes: false };
      });
  }

  // With the version that was seen: if somebody has changed what it is about meanwhile, it is said as it always is.
  function settInn(skjema, felt) {
    const verdier = {};
    for (const [navn, verdi] of felt) (verdier[navn] ||= []).push(verdi);
    for (const rute of felter(skjema)) {
      const skrevet = verdier[rute.name] || [];
      if (rute.type === "checkbox" || rute.type === "radio") rute.checked = skrevet.includes(rute.value);
      else if (skrevet.length) rute.value = skrevet.shift();
    }
    skjema.prepend(melding("Her står det du skrev sist. Det er ikke lagret ennå."));
    skjema.dispatchEvent(new Event("input", { bubbles: true }));
    if (skjema.matches("[data-holdes]")) felter(skjema).find((rute) => rute.type !== "hidden")?.focus();
  }

  function melding(tekst, side) {
    const boks = document.createElement("div");
    boks.className = "ds-alert";
    boks.dataset.color = "info";
    boks.setAttribute("role", "status");
    const avsnitt = boks.appendChild(document.createElement("p"));
    avsnitt.textContent = tekst;
    if (side) {
      const lenke = document.createElement("a");
      lenke.className = "ds-link";
      lenke.href = side;
      lenke.textContent = "Åpne skjemaet igjen";
      avsnitt.append(" ", lenke);
    }
    return boks;
  }

  // Whether a form is the one that was written in, whatever it holds: what it carries unseen says which it is.
  const samme = (utkast) => (skjema) =>
    sti(skjema) === utkast.sti && felter(skjema).every((felt) => felt.type !== "hidden" || felt.name === "versjon" ||
      utkast.felt.some(([navn, verdi]) => navn === felt.name && verdi === felt.value));

  function vedLasting() {
    const uteblitt = ved_døra || status !== "200"; // another page than the one that was asked for
    let utkast = lest().filter((u) => !hvem || u.hvem.startsWith(hvem)).filter((u) => u.holdes || uteblitt);
    for (const u of utkast) u.holdes = true;
    if (ved_døra) return lagre(utkast);
    utkast = utkast.filter((u) => {
      const skjema = [...document.forms].find(samme(u));
      if (skjema && status === "200") settInn(skjema, u.felt);
      return !skjema;
    });
    const annet = utkast.find((u) => u.side !== location.pathname);
    if (annet) document.getElementById("innhold").prepend(melding("Vi har tatt vare på det du skrev sist. Det er ikke lagret ennå.", annet.side));
    return lagre(utkast);
  }

  const lest = () => JSON.parse(sessionStorage.getItem(LAGER) || "[]");
  const lagre = (utkast) => utkast.length ? sessionStorage.setItem(LAGER, JSON.stringify(utkast)) : sessionStorage.removeItem(LAGER);

  vedLasting();
  window.addEventListener("pagehide", () => { if (!ved_døra) lagre([...lest(), ...skrevne()]); });
  document.addEventListener("submit", (event) => { if (sti(event.target) === "/ut") lagre([]); });
}
