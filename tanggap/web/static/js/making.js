/** A file that takes a moment to make (`a[data-making]`): says so, keeps the page usable, and saves the file when it is there. */

/** The name that the server gives the file. */
function nameOf(answer) {
  return /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "";
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function make(link, said) {
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  said.textContent = link.dataset.making;
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(`${link.href} answered ${answer.status}`);
    save(await answer.blob(), nameOf(answer));
    said.textContent = link.dataset.made;
  } catch {
    said.textContent = link.dataset.failed;
  } finally {
    link.ariaBusy = "false";
  }
}

/** Without this module the link is a plain download. */
export function start(root) {
  for (const link of root.querySelectorAll("a[data-making]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      make(link, document.getElementById("making"));
    });
  }
}
