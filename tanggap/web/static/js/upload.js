/**
 * Fields for photos (`data-upload`, see components/photo.html): a preview with a way to take a picture back, too large ones said at
 * once, and large ones made smaller here, which also leaves their hidden place behind. The form itself is sent by whoever sends it.
 */

/** Pictures larger than this are redrawn with at most this many pixels on a side. */
const SHRINK_FROM_BYTES = 1_500_000;
const LONGEST_SIDE = 2_000;
const QUALITY = 0.85;

async function shrunk(file) {
  if (file.size < SHRINK_FROM_BYTES) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
  } catch {
    return file; // not a picture that this browser can read: the server looks at it
  }
}

function put(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
}

function thumbnail(file, remove, removeWord) {
  const figure = document.createElement("figure");
  figure.className = "photo";
  const image = document.createElement("img");
  image.alt = file.name;
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  const caption = document.createElement("figcaption");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet button-small";
  button.textContent = removeWord;
  button.setAttribute("aria-label", `${removeWord}: ${file.name}`);
  button.addEventListener("click", remove);
  caption.append(button);
  figure.append(image, caption);
  return figure;
}

function show(field, input) {
  const preview = field.querySelector("[data-upload-preview]");
  const files = [...input.files];
  preview.replaceChildren(
    ...files.map((file) =>
      thumbnail(file, () => {
        put(input, [...input.files].filter((other) => other !== file));
        show(field, input);
        input.focus();
      }, field.dataset.uploadRemove),
    ),
  );
  preview.hidden = !files.length;
}

async function chosen(field, input, kept) {
  const most = Number(field.dataset.uploadMost);
  const made = await Promise.all([...input.files].map(shrunk));
  const tooLarge = made.filter((file) => file.size > most);
  const error = field.querySelector("[data-upload-error]");
  error.textContent = tooLarge.length ? `${field.dataset.uploadLarge} ${tooLarge.map((file) => file.name).join(", ")}` : "";
  error.hidden = !tooLarge.length;
  put(input, [...(input.multiple ? kept : []), ...made.filter((file) => file.size <= most)]);
  show(field, input);
}

/** Bring the photo fields of a part of the page to life. */
export function start(root = document) {
  for (const field of root.querySelectorAll("[data-upload]:not([data-upload-ready])")) {
    const input = field.querySelector('input[type="file"]');
    if (!input) continue;
    field.dataset.uploadReady = "";
    let kept = [];
    input.addEventListener("click", () => (kept = [...input.files]));
    input.addEventListener("change", () => chosen(field, input, kept));
  }
}
