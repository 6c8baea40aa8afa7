// What pages gain with script. Every page works without it; behaviour hangs on data- attributes.

// The error summary takes focus: `autofocus` does it on a whole page, this after a partial swap.
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelector("[data-focus]")?.focus();
});

// A form is sent once: a second press within five seconds does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  form.removeAttribute("data-changed");
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent && Date.now() - form.dataset.sent < 5000) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  form.dataset.sent = Date.now();
}, true);

// Leaving a form with unsaved words asks first.
document.addEventListener("input", (event) => {
  event.target.closest("form[data-unsaved]")?.setAttribute("data-changed", "");
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-changed]")) event.preventDefault();
});

// On a phone the navigation scrolls sideways: the page that is open is shown.
document.querySelector(".cg-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// "Copy link" and "Print" are shown only where they work.
function show(root) {
  for (const item of root.querySelectorAll("[data-copy-link], [data-print]")) item.hidden = false;
}
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy-link]");
  if (copy) {
    await navigator.clipboard.writeText(location.href);
    const word = copy.querySelector("[data-copied]");
    word.textContent = word.dataset.copied;
  }
  if (event.target.closest("[data-print]")) print();
});
show(document);
document.addEventListener("htmx:afterSwap", (event) => show(event.target));

// An open menu of the header closes on Escape and on a press elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Before printing, everything that is folded opens.
addEventListener("beforeprint", () => {
  for (const item of document.querySelectorAll("main details:not([open])")) {
    item.open = true;
    item.dataset.wasClosed = "";
  }
});
addEventListener("afterprint", () => {
  for (const item of document.querySelectorAll("details[data-was-closed]")) {
    item.open = false;
    delete item.dataset.wasClosed;
  }
});

// What needs script is shown by script, such as sign-in with a passkey.
for (const item of document.querySelectorAll("[data-needs-script]")) item.hidden = false;

// An answer of htmx, also a refusal, lets the form be sent again.
document.addEventListener("htmx:afterRequest", (event) => {
  delete event.target.dataset?.sent;
});
