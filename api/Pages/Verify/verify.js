// Checks a packet, a manifest or a receipt in the browser. Nothing is sent: the page's policy forbids every connection.
"use strict";
(() => {
  const page = document.getElementById("verify");
  const list = document.getElementById("results");
  const verdict = document.getElementById("verdict");
  const input = document.getElementById("files");
  const keys = JSON.parse(page.dataset.keys).keys;
  const mostEntries = 10000, mostManifest = 16 << 20, mostFile = 1 << 30, mostExpansion = 200;
  const bytes = text => new TextEncoder().encode(text);
  const text = data => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  const hex = data => Array.from(new Uint8Array(data), byte => byte.toString(16).padStart(2, "0")).join("");
  const fromHex = value => {
    if (!/^([0-9a-f]{2})*$/.test(value)) throw new Error("hex");
    return Uint8Array.from(value.match(/../g) ?? [], pair => parseInt(pair, 16));
  };
  const fromBase64Url = value => {
    if (!/^[A-Za-z0-9_-]*$/.test(value)) throw new Error("base64url");
    return Uint8Array.from(atob(value.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
  };
  const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  const count = value => {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error("number");
    return value;
  };

  let results;
  function say(result, key, ...values) {
    results.push(result);
    const item = document.createElement("li");
    const word = document.createElement("strong");
    word.textContent = words(result) + " ";
    item.dataset.result = result;
    item.append(word, words(key, ...values));
    list.append(item);
  }
  const words = (key, ...values) =>
    values.reduce(
      (sentence, value, i) => sentence.replace(`{${i}}`, () => String(value).slice(0, 200)),
      document.getElementById("words").content.querySelector(`[data-key="${key}"]`).textContent
    );

  // A JWS (RFC 7515) with ES256 only. Gives the payload if a published key signed it.
  async function open(jws) {
    const [head, payload, signature, ...rest] = jws.trim().split(".");
    if (signature === undefined || rest.length > 0) return null;
    const header = JSON.parse(text(fromBase64Url(head)));
    const key = keys.find(one => one.kid === header.kid);
    if (header.alg !== "ES256" || "crit" in header || !key) return null;
    const { kty, crv, x, y } = key;
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const imported = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
    const valid = await crypto.subtle.verify(
      { name: "ECDSA", hash: "SHA-256" }, imported, fromBase64Url(signature), bytes(`${head}.${payload}`));
    return valid ? fromBase64Url(payload) : null;
  }

  // The directory of a ZIP. Throws for one that is damaged or too large.
  async function readZip(file) {
    const tail = new Uint8Array(await file.slice(Math.max(0, file.size - 65557)).arrayBuffer());
    const view = new DataView(tail.buffer);
    let at = tail.length - 22;
    while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
    // The comment fills the rest, so that other programs find this directory too.
    if (at < 0 || at + 22 + view.getUint16(at + 20, true) !== tail.length) throw new Error("zip");
    const [entries, length, start] = [view.getUint16(at + 10, true), view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
    if (entries > mostEntries || start + length !== file.size - tail.length + at) throw new Error("zip");
    const directory = new DataView(await file.slice(start, start + length).arrayBuffer());
    const found = [];
    for (let i = 0, p = 0; i < entries; i++) {
      if (directory.getUint32(p, true) !== 0x02014b50) throw new Error("zip");
      const [name, extra, comment] = [28, 30, 32].map(offset => directory.getUint16(p + offset, true));
      found.push({
        name: text(new Uint8Array(directory.buffer, p + 46, name)),
        method: directory.getUint16(p + 10, true),
        packed: directory.getUint32(p + 20, true),
        at: directory.getUint32(p + 42, true),
      });
      p += 46 + name + extra + comment;
    }
    return found;
  }

  // The content of an entry, never more than `most` bytes; null if it is longer or damaged.
  async function unpack(file, entry, most) {
    const head = new DataView(await file.slice(entry.at, entry.at + 30).arrayBuffer());
    if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50) return null;
    const begin = entry.at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
    const packed = file.slice(begin, begin + entry.packed);
    if (entry.method !== 0 && entry.method !== 8) return null;
    const stream = entry.method === 0 ? packed.stream() : packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const reader = stream.getReader();
    const parts = [];
    try {
      for (let size = 0, step = await reader.read(); !step.done; step = await reader.read()) {
        size += step.value.length;
        if (size > most) {
          await reader.cancel();
          return null;
        }
        parts.push(step.value);
      }
    } catch {
      return null;
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  const isPart = name => ["manifest.json", "manifest.jws", "mimetype", "META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s"].includes(name);

  async function checkPacket(file) {
    if (file.size >= 0xfff00000) return say("unchecked", "packet-large");
    const entries = await readZip(file);
    const named = name => entries.filter(entry => entry.name === name);
    const small = async name => (named(name).length === 1 ? unpack(file, named(name)[0], mostManifest) : null);
    const [json, jws] = [await small("manifest.json"), await small("manifest.jws")];
    if (!json || !jws) return say("false", "no-manifest");
    const payload = await open(text(jws)).catch(() => null);
    say(...(payload && same(payload, json) ? ["true", "signature"] : ["false", "forged"]));
    const manifest = JSON.parse(text(json));
    if (manifest.files.reduce((sum, one) => sum + count(one.bytes), 0) > file.size * mostExpansion)
      return say("false", "too-large");
    await checkFiles(file, entries, manifest);
    checkManifest(manifest);
  }

  async function checkFiles(file, entries, manifest) {
    const before = results.length;
    const listed = new Set();
    for (const one of manifest.files) {
      const found = entries.filter(entry => entry.name === one.name);
      if (listed.has(one.name) || found.length > 1) say("false", "file-twice", one.name);
      else if (found.length === 0) say("false", "file-missing", one.name);
      else if (one.bytes > mostFile) say("unchecked", "file-large", one.name);
      else {
        const content = await unpack(file, found[0], one.bytes);
        if (content?.length !== one.bytes || hex(await sha256(content)) !== one.sha256) say("false", "file-changed", one.name);
      }
      listed.add(one.name);
    }
    for (const entry of entries)
      if (!listed.has(entry.name) && !isPart(entry.name)) say("false", "file-unlisted", entry.name);
    if (results.length === before) say("true", "files", manifest.files.length);
  }

  function checkManifest(manifest) {
    const rows = Object.entries(manifest.counts);
    const wrong = rows.find(([, one]) =>
      count(one.name) + count(one.initials) + count(one.count) + count(one.removedSince) !== count(one.confirmed));
    const confirmed = rows.reduce((sum, [, one]) => sum + one.confirmed, 0);
    const covered = [...manifest.countries].sort().join() === rows.map(([country]) => country).sort().join();
    if (wrong) say("false", "sums-of", wrong[0]);
    else if (!covered || manifest.texts.reduce((sum, one) => sum + count(one.confirmed), 0) !== confirmed) say("false", "sums-texts");
    else say("true", "sums", confirmed);
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has("packet"))
      say(...(asked.get("packet") === manifest.packet && asked.get("root") === manifest.cutOff.root
        ? ["true", "asked", manifest.packet] : ["false", "another", manifest.packet]));
    if (manifest.supplementTo) say("note", "supplement", manifest.supplementTo);
    say("note", "cut-off", manifest.packet, manifest.campaign, count(manifest.cutOff.size), manifest.cutOff.root);
  }

  async function checkReceipt(receipt) {
    const key = await crypto.subtle.importKey("raw", fromHex(receipt.key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const message = ["campaign-ledger-v1", receipt.campaign, receipt.textHash, receipt.country, receipt.email].join("\n");
    const commitment = hex(await crypto.subtle.sign("HMAC", key, bytes(message)));
    say(...(commitment === receipt.commitment ? ["true", "commitment"] : ["false", "other-commitment"]));
    const line = `{"n":${count(receipt.n)},"type":"add","country":${JSON.stringify(receipt.country)},"commitment":"${receipt.commitment}"}`;
    const leaf = await sha256(new Uint8Array([0]), bytes(line));
    const root = await rootOf(leaf, receipt.n, count(receipt.proof.size), receipt.proof.path.map(fromHex));
    const payload = await open(receipt.headJws).catch(() => null);
    if (!payload) return say("false", "forged-head");
    const head = JSON.parse(text(payload));
    say("true", "head", head.size, head.sealedAt);
    const included = root && hex(root) === head.root && head.size === receipt.proof.size && head.campaign === receipt.campaign
      && receipt.proof.n === receipt.n && hex(leaf) === receipt.leafHash;
    say(...(included ? ["true", "included", receipt.n, head.campaign] : ["false", "not-included"]));
  }

  // The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); null if its length is wrong.
  async function rootOf(leaf, n, size, path) {
    if (n >= size) return null;
    let [first, last, hash] = [n, size - 1, leaf];
    for (const sibling of path) {
      if (last === 0) return null;
      if (first % 2 === 1 || first === last) {
        hash = await sha256(new Uint8Array([1]), sibling, hash);
        while (first % 2 === 0 && first !== 0) [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
      } else hash = await sha256(new Uint8Array([1]), hash, sibling);
      [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
    }
    return last === 0 ? hash : null;
  }

  async function checkJson(file) {
    if (file.size > mostManifest) return say("false", "unknown");
    const content = text(new Uint8Array(await file.arrayBuffer()));
    if (/^[\w-]+\.[\w-]+\.[\w-]+\s*$/.test(content)) {
      const payload = await open(content).catch(() => null);
      say(...(payload ? ["true", "signature"] : ["false", "forged"]));
      if (payload) checkManifest(JSON.parse(text(payload)));
      return;
    }
    const json = JSON.parse(content);
    if (json.headJws) return checkReceipt(json);
    checkManifest(json);
    say("unchecked", "unsigned");
  }

  async function check(file) {
    results = [];
    list.replaceChildren();
    verdict.textContent = words("checking", file.name);
    try {
      const isZip = text(new Uint8Array(await file.slice(0, 2).arrayBuffer())) === "PK";
      await (isZip ? checkPacket(file) : checkJson(file));
    } catch {
      say("false", "unknown");
    }
    const result = results.includes("false") ? "false" : results.includes("unchecked") ? "unchecked" : "true";
    verdict.dataset.result = result;
    verdict.textContent = words("verdict-" + result, file.name);
    verdict.focus();
  }

  if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) {
    verdict.textContent = words("no-crypto");
    return;
  }
  document.getElementById("check").hidden = false;
  input.addEventListener("change", () => input.files[0] && check(input.files[0]));
  page.addEventListener("dragover", event => event.preventDefault());
  page.addEventListener("drop", event => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) check(event.dataTransfer.files[0]);
  });
  const asked = new URLSearchParams(location.hash.slice(1)).get("packet");
  if (asked && /^\d{1,20}$/.test(asked)) verdict.textContent = words("drop-packet", asked);
})();
