// What every page can do when scripts run: copy a command, close an open menu, send a form once. Nothing depends on it.

document.documentElement.classList.add("has-scripts");

// On a narrow screen the open tab may lie outside of what is seen.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest(".js-copy");
  if (!button) return;
  const text = button.closest(".js-copied").querySelector("code").textContent;
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied.");
    button.classList.add("is-done");
    setTimeout(() => button.classList.remove("is-done"), 1500);
  } catch {
    announce("Copying is not allowed here; select the text instead.");
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The second click of a double click would make a second token, comment or choice.
const SENT_MS = 10_000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  // An answer that never comes must not keep the form from being sent again.
  setTimeout(() => forget(form), SENT_MS);
});

// A page that the back button brings is as it was left.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(forget));

function forget(form) {
  delete form.dataset.sent;
}

function announce(text) {
  document.getElementById("announcements").textContent = text;
}
