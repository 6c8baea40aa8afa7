// Keyboard shortcuts of casework. Off until turned on for this device; every act is also a button of the page.

const SWITCH = "case-shortcuts";
const isOn = () => localStorage.getItem(SWITCH) === "on";

for (const button of document.querySelectorAll("[data-shortcuts]")) {
  const show = () => { button.textContent = isOn() ? button.dataset.on : button.dataset.off; };
  button.addEventListener("click", () => {
    localStorage.setItem(SWITCH, isOn() ? "off" : "on");
    show();
  });
  show();
}

// On wide screens the second pane shows a case of the queue; elsewhere its link leads to a page of its own.
const pane = document.querySelector("#glance");
const hasPane = () => pane && matchMedia("(min-width: 64em)").matches;

async function glance(link) {
  for (const row of document.querySelectorAll("tr[data-case]")) row.classList.toggle("is-here", row.contains(link));
  await htmx.ajax("GET", link.dataset.glance, { target: pane, swap: "innerHTML" });
}

const rowLink = (element) => element.closest("tr")?.querySelector("[data-glance]");

document.addEventListener("click", async (event) => {
  const asked = event.target.closest("[data-glance-of]");
  if (!asked || !hasPane() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await glance(rowLink(asked));
  pane.querySelector("h2").focus();
});

const showFirst = () => {
  const first = document.querySelector("[data-glance]");
  if (first && hasPane()) glance(first);
};
showFirst();
document.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "rows") showFirst(); });

// The rows that j and k walk through: cases of the queue, or hits of a case.
const links = () => [...document.querySelectorAll("[data-row], .cg-hits a")].filter((link) => link.offsetParent && !pane?.contains(link));

function step(by) {
  const all = links();
  const here = all.findIndex((link) => link === document.activeElement || link.hasAttribute("data-here"));
  const next = all[Math.min(Math.max(here + by, 0), all.length - 1)];
  if (!next) return;
  for (const link of all) link.toggleAttribute("data-here", link === next);
  next.focus();
  if (next.dataset.glance && hasPane()) glance(next);
}

function press(key) {
  const item = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!item) return false;
  item.click();
  if (item.matches("summary")) item.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  else item.focus();
  return true;
}

// A reason by its number, among those that fit the chosen outcome.
function reason(number) {
  const chosen = document.querySelector("input[name=outcome]:checked");
  const list = document.querySelector("select[name=reason]");
  if (!chosen || !list) return;
  const label = chosen.closest("label, .govuk-radios__item, .cg-choice")?.textContent ?? "";
  const group = [...list.querySelectorAll("optgroup")].find((item) => label.includes(item.label));
  const option = group?.children[number - 1];
  if (option) list.value = option.value;
}

const focusOn = (selector) => {
  const field = document.querySelector(selector);
  field?.focus();
  return Boolean(field);
};

let afterG = false;

document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !event.target.matches("input, select, textarea")) {
    const help = document.querySelector("[data-shortcut-help]");
    if (help) location.assign(help.href);
    return;
  }
  if (!isOn() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  const wasG = afterG;
  afterG = event.key === "g";
  const outcome = { m: "true_match", n: "false_positive" }[event.key];
  const radio = outcome && document.querySelector(`input[name=outcome][value=${outcome}]`);
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (radio) { radio.checked = true; radio.focus(); }
  else if (/^[1-9]$/.test(event.key)) reason(Number(event.key));
  else if (event.key === "/") { if (!focusOn(".cg-queuefind input")) return; }
  else if (event.key === "c" && wasG) document.querySelector(".cg-crumbs a")?.click();
  else if (event.key === "c") { if (!focusOn("textarea[name=comment]")) return; }
  else if (event.key === "Enter" || !press(event.key)) return;
  event.preventDefault();
});
