// The button in the topbar that turns light to dark and back. The choice is a cookie, so the server writes
// data-theme into the page and nothing flashes; without a choice the page follows the system.

document.addEventListener("click", (event) => {
  if (!event.target.closest(".js-theme")) return;
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});
