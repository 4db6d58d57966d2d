// Enhancements only: every page works without this file.

// An error summary takes the focus, so that it is read first.
document.querySelector("[data-focus]")?.focus();

// Copy buttons, where the browser may write to the clipboard. The word changes for those who see, the status for those who hear.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const words = button.querySelector("span");
    const heard = button.parentElement.querySelector("[role=status]");
    const before = words.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      words.textContent = heard.textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = before; heard.textContent = ""; }, 2000);
    });
  }
}

// A second press of the same button within five seconds sends nothing.
document.addEventListener("submit", (event) => {
  const now = Date.now();
  const last = Number(event.target.dataset.sentAt ?? 0);
  if (now - last < 5000) event.preventDefault();
  else event.target.dataset.sentAt = now;
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sentAt;
});

// Says that a part of the page was renewed, to those who do not see it happen.
document.addEventListener("htmx:after:swap", () => {
  for (const place of document.querySelectorAll("[data-renewed]")) place.textContent = place.dataset.renewed;
});
