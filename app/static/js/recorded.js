// The result is recorded: what the phone kept of the draft is forgotten.
localStorage.removeItem(`jcm-visit-${document.getElementById("main").dataset.visit}`);
