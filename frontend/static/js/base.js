// What every page can do when scripts run: copy a command, close an open menu. Nothing depends on it.

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

function announce(text) {
  document.getElementById("announcements").textContent = text;
}
