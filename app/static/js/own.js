// On every page of the inspector: what has reached the register is no longer kept on this device (the server names its
// key in a cookie), and signing out takes the kept application page along. What was not sent yet stays for its owner.

import { over } from "./kept.js";

const OVER = "jcm_over";
const told = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${OVER}=`));
if (told) {
  over(decodeURIComponent(told.slice(OVER.length + 1)));
  document.cookie = `${OVER}=; path=/inspect; max-age=0`;
}

const form = document.getElementById("leave");
if (form && "caches" in window) form.addEventListener("submit", () => caches.delete("apply"));
