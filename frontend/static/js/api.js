// Swagger UI has dark colours of its own, behind a class: it follows the site's choice, or the system's.

const system = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

function follow() {
  root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
}

follow();
system.addEventListener("change", follow);
new MutationObserver(follow).observe(root, { attributeFilter: ["data-theme"] });
