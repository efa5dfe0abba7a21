// Follows a verdict while it runs: server-sent events, and asking every second or two where they don't come through.
// When the verdict is there, the region #verdict is asked for again; where there is no region to follow, nothing runs.

const POLL_MS = 1500;

follow();

function follow() {
  const region = document.querySelector("#verdict[data-page]");
  if (!region) return;
  // Without an address of events the verdict is not even asked for yet.
  if (!region.dataset.events || !window.EventSource) return poll(region);
  const events = new EventSource(region.dataset.events);
  events.addEventListener("progress", (event) => {
    const progress = document.getElementById("progress");
    if (progress) progress.innerHTML = event.data;
  });
  events.addEventListener("done", () => {
    events.close();
    refresh(region);
  });
  events.addEventListener("error", () => {
    events.close();
    poll(region);
  });
}

function poll(region) {
  setTimeout(() => refresh(region), POLL_MS);
}

async function refresh(region) {
  try {
    const response = await fetch(region.dataset.page, { headers: { "HX-Request": "true" } });
    if (!response.ok || response.redirected) return location.reload();
    swap(region, await response.text());
  } catch {
    return poll(region);
  }
  follow();
}

// The new region takes the old one's place without losing the reader's: focus and scroll stay.
function swap(region, html) {
  const focused = region.contains(document.activeElement) && document.activeElement.id;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector("#verdict");
  region.replaceWith(fresh);
  if (window.htmx) htmx.process(fresh);
  if (focused) document.getElementById(focused)?.focus();
  document.getElementById("announcements").textContent = fresh.querySelector(".headline").textContent;
}
