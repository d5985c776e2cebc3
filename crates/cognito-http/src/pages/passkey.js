// Asks the browser for a passkey when the form is sent, and sends what comes of it.
"use strict";

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((item) => ({ ...item, id: decode(item.id) }));

// PublicKeyCredential.toJSON and its like are not in every browser.
const ceremonies = {
  async get(options) {
    const publicKey = {
      ...options,
      challenge: decode(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    };
    const credential = await navigator.credentials.get({ publicKey });
    const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response;
    return answer(credential, {
      authenticatorData: encode(authenticatorData),
      clientDataJSON: encode(clientDataJSON),
      signature: encode(signature),
      ...(userHandle ? { userHandle: encode(userHandle) } : {}),
    });
  },
  async create(options) {
    const publicKey = {
      ...options,
      challenge: decode(options.challenge),
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    };
    const credential = await navigator.credentials.create({ publicKey });
    const { attestationObject, clientDataJSON } = credential.response;
    return answer(credential, {
      attestationObject: encode(attestationObject),
      clientDataJSON: encode(clientDataJSON),
      transports: credential.response.getTransports?.() ?? [],
    });
  },
};

function answer(credential, response) {
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

const form = document.querySelector("form[data-passkey]");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    const credential = await ceremonies[form.dataset.passkey](JSON.parse(form.dataset.options));
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch {
    failed.hidden = false;
  }
});
