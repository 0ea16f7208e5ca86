// SPDX-License-Identifier: Apache-2.0
// Live parts of a page: the server sends elements, and each takes the place of the one of its id. Rows of a table change one
// by one: one that has the focus or the pointer stays as it is until that leaves, and one that is gone is struck for a while.
'use strict';
(() => {
  const address = document.currentScript && document.currentScript.dataset.stream;
  if (!address || !window.EventSource) return;
  const parse = (html) => {
    const holder = document.createElement('template');
    // A row stands alone only inside a template.
    holder.innerHTML = html;
    return holder.content.firstElementChild;
  };
  const isUsed = (element) => element.matches(':hover') || element.contains(document.activeElement);
  const same = (one, other) => one.outerHTML === other.outerHTML;
  const rows = (old, fresh) => {
    for (const row of [...old.children]) {
      const next = fresh.querySelector('#' + CSS.escape(row.id));
      if (next) {
        if (!same(row, next) && !isUsed(row)) row.replaceWith(next.cloneNode(true));
      } else if (!row.dataset.gone) {
        row.dataset.gone = '1';
        const link = row.querySelector('.act');
        if (link) link.textContent = 'ended';
        setTimeout(() => row.remove(), 5000);
      }
    }
    for (const row of fresh.children) {
      if (!document.getElementById(row.id)) old.append(row.cloneNode(true));
    }
  };
  const place = (id, html) => {
    const old = document.getElementById(id), fresh = parse(html);
    if (!old || !fresh || same(old, fresh)) return;
    if (old.tagName === 'TBODY') rows(old, fresh);
    else if (!old.contains(document.activeElement)) old.replaceWith(fresh);
  };
  let beat = Date.now(), isOld = false;
  const source = new EventSource(address);
  source.onmessage = (event) => {
    beat = Date.now();
    isOld = false;
    const parts = JSON.parse(event.data);
    for (const id of Object.keys(parts)) place(id, parts[id]);
  };
  // Signed out, or no longer let in: the page itself says so.
  source.addEventListener('over', () => { source.close(); location.reload(); });
  setInterval(() => {
    if (isOld || Date.now() - beat < 40000) return;
    isOld = true;
    const age = document.getElementById('live-age');
    if (!age) return;
    const dot = document.createElement('span'), words = document.createElement('strong');
    dot.className = 'dot off';
    words.textContent = 'Not live.';
    age.replaceChildren(dot, words, ' The page waits for the server.');
  }, 5000);
})();
// Passkeys: the form carries what the authenticator says. Without one, the code stays.
(() => {
  // Browsers have none for an address.
  if (!window.PublicKeyCredential || /^[\d.]+$|:/.test(location.hostname)) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const ask = async (address, token) => {
    const body = new URLSearchParams(token ? { token: token.value } : {});
    const { challenge: asked, user, name, known } = await (await fetch(address, { method: 'POST', body })).json();
    const challenge = bytes(asked), userVerification = 'required';
    if (!user) {
      const { rawId, response } = await navigator.credentials.get({ publicKey: { challenge, userVerification } });
      return [['', rawId], ['-client', response.clientDataJSON], ['-data', response.authenticatorData],
        ['-signature', response.signature]];
    }
    const { response } = await navigator.credentials.create({ publicKey: {
      challenge, rp: { name: 'Ringfence' }, user: { id: bytes(user), name, displayName: name },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }], attestation: 'none',
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification },
      excludeCredentials: known.map((id) => ({ type: 'public-key', id: bytes(id) })),
    } });
    return [['-client', response.clientDataJSON], ['-attestation', response.attestationObject]];
  };
  for (const button of document.querySelectorAll('[data-passkey]')) {
    const form = button.form, note = button.nextElementSibling, { code, token } = form.elements;
    const isInstead = code && !('new' in button.dataset);
    button.hidden = false;
    note.textContent = '';
    button.addEventListener('click', async () => {
      if (isInstead) code.required = false;
      try {
        if (!form.reportValidity()) return;
        for (const [end, value] of await ask(button.dataset.passkey, token)) {
          const field = document.createElement('input');
          [field.type, field.name, field.value] = ['hidden', 'passkey' + end, text(value)];
          form.append(field);
        }
        form.submit();
      } catch {
        note.textContent = 'No passkey was used.';
      } finally {
        if (isInstead) code.required = true;
      }
    });
  }
})();
