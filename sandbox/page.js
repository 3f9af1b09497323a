"use strict";
{
  const search = document.getElementById("search");
  const nothing = document.getElementById("nothing");
  // "nunez" finds Núñez: people type names without accents.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...document.querySelectorAll("tbody tr")].map((row) => [row, plain(row.textContent)]);
  let opener = null;

  const showWhetherNothing = () => {
    if (nothing) nothing.hidden = rows.some(([row]) => row.offsetParent !== null || row.offsetHeight > 0);
  };
  if (search) {
    search.hidden = false;
    search.addEventListener("input", () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      for (const [row, text] of rows) row.classList.toggle("unmatched", !words.every((word) => text.includes(word)));
      showWhetherNothing();
    });
  }
  document.addEventListener("change", showWhetherNothing);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#p-']");
    if (link) opener = link;
  });
  const focusDrawer = () => {
    const drawer = location.hash.startsWith("#p-") ? document.querySelector(".drawer:target") : null;
    if (drawer) drawer.focus({ preventScroll: true });
    else if (opener) { opener.focus({ preventScroll: true }); opener = null; }
  };
  // Closing must not jump to the top of the list: the address changes, the place in the page does not.
  const close = () => {
    const place = scrollY;
    location.hash = "people";
    scrollTo(0, place);
  };
  addEventListener("hashchange", focusDrawer);
  document.addEventListener("click", (event) => {
    if (event.target.closest(".close")) { event.preventDefault(); close(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector(".drawer:target")) close();
  });
  focusDrawer();
}
