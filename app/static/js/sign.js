// A signature drawn on the screen, by finger, pen or mouse. What is drawn goes with the form as a PNG; nothing is kept here.
// Without this script, or by keyboard, the name is typed instead.

const field = document.getElementById("signature-data");
const pad = document.getElementById("pad");
const area = document.getElementById("drawn");
const LINE = 3;

if (pad && field && pad.getContext) {
  const pen = pad.getContext("2d");
  let last = null;
  area.hidden = false;

  const clear = () => {
    pen.fillStyle = "#fff"; // a PNG without a ground would turn black when it is drawn anew
    pen.fillRect(0, 0, pad.width, pad.height);
    pen.lineWidth = LINE * 2;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#000";
    field.value = "";
  };

  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * pad.width) / box.width,
      y: ((event.clientY - box.top) * pad.height) / box.height,
    };
  };

  const stroke = (to) => {
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(to.x + 0.01, to.y); // a tap is a dot
    pen.stroke();
    last = to;
  };

  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last);
    document.getElementById("by-hand").checked = true;
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    const steps = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const step of steps.length ? steps : [event]) stroke(place(step));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    pad.addEventListener(name, () => {
      if (last) field.value = pad.toDataURL("image/png");
      last = null;
    });
  }
  document.getElementById("clear").addEventListener("click", clear);
  document.getElementById("typed").addEventListener("input", () => {
    document.getElementById("by-name").checked = true;
  });

  const before = field.value;
  clear();
  if (before.startsWith("data:image/png;base64,")) {
    const picture = new Image();
    picture.onload = () => pen.drawImage(picture, 0, 0, pad.width, pad.height);
    picture.src = before;
    field.value = before;
  }
}
