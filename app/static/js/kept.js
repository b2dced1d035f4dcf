// What a form holds, kept on this device per person and form until it has reached the register; and the outbox of what
// was written without a network. localStorage only: no names of others, nothing that leaves the device by itself.

const FORM = "jcm.form.";
const OUT = "jcm.out.";

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch (error) {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch (error) {
    return false; // full or forbidden: the page works without
  }
}

function keys(prefix) {
  return Array.from({ length: localStorage.length }, (_, n) => localStorage.key(n)).filter((key) => key.startsWith(prefix));
}

/** A random key: what is sent twice under it is made once. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const keepForm = (actor, form, entry) => write(`${FORM}${actor}.${form}`, entry);
export const keptForm = (actor, form) => read(`${FORM}${actor}.${form}`);
export const forgetForm = (actor, form) => localStorage.removeItem(`${FORM}${actor}.${form}`);

export const queue = (actor, entry) => write(`${OUT}${actor}.${entry.key}`, entry);
export const queued = (actor) => keys(`${OUT}${actor}.`).map(read).filter(Boolean).sort((a, b) => (a.begun < b.begun ? -1 : 1));
export const unqueue = (actor, key) => localStorage.removeItem(`${OUT}${actor}.${key}`);

/** Forgets everything kept under a key that has reached the register. */
export function over(key) {
  for (const name of [...keys(FORM), ...keys(OUT)]) if ((read(name) || {}).key === key) localStorage.removeItem(name);
}
