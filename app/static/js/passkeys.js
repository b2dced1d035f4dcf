// Passkeys (WebAuthn): a form asks the browser's authenticator and sends its answer with the rest. Forms stay hidden where
// the browser knows none, or where the site is called by a number: passkeys belong to a name.

const possible = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
};

const text = (buffer) => {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
};

const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  });
  return { attestationObject: text(made.response.attestationObject), ...common(made) };
}

async function use(options) {
  const found = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
  });
  const { authenticatorData, signature, userHandle } = found.response;
  return {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
    ...common(found),
  };
}

const common = (credential) => ({ credential, clientDataJSON: text(credential.response.clientDataJSON) });

async function answer(form) {
  const asked = await fetch(form.dataset.options, { method: "POST" });
  if (!asked.ok || asked.redirected) throw new Error(String(asked.status));
  const { options, state } = await asked.json();
  const { credential, ...response } = await (form.dataset.passkey === "create" ? create : use)(options);
  const id = text(credential.rawId);
  const { type } = credential;
  form.elements.answer.value = JSON.stringify({ id, rawId: id, type, response, clientExtensionResults: {} });
  form.elements.state.value = state;
}

document.querySelectorAll("[data-passkey]").forEach((form) => {
  if (!possible) return;
  document.querySelectorAll("[data-passkeys]").forEach((part) => { part.hidden = false; });
  const problem = form.querySelector("[data-problem]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    problem.hidden = true;
    button.disabled = true;
    try {
      await answer(form);
      form.submit();
    } catch (error) {
      problem.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
});
