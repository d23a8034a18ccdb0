// Makes and uses passkeys. The pages are complete without it: they offer a password.
"use strict";

const creates = (form) => form.dataset.passkey === "create";

const askBrowser = async (form) => {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok) throw new Error("no options");
  const options = await answer.json();
  return creates(form)
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = form.querySelector("[role=alert]");
    error.hidden = true;
    try {
      const passkey = await askBrowser(form);
      form.elements.passkey.value = JSON.stringify(passkey.toJSON());
      form.submit();
    } catch {
      error.hidden = false;
    }
  });
}
