// Lists by keyboard: j and k move, Enter opens, / goes to the search. Everything works without.

const links = Array.from(document.querySelectorAll(".row-link"));
let at = -1;

function move(step) {
  if (!links.length) return;
  at = Math.max(0, Math.min(links.length - 1, at + step));
  links[at].focus();
  links[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
  const search = document.getElementById("q");
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  }
});
