// Brings parts of a screen up to date while it is shown. The screens are complete without it.
"use strict";

const body = document.body;
const parts = () => document.querySelectorAll("[data-live]");

// A burst of events loads the screen once.
const pause = 2000;
let stream = null;
let timer = null;
const states = new Map();

// The server writes every part, so that a number looks the same before and after.
const refresh = async () => {
  timer = null;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const screen = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const now = screen.getElementById(part.id);
    const isInUse = part.contains(document.activeElement);
    if (now && !isInUse && now.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(now));
  }
};

// The screen was written before the stream began. Where it says its number, a change in between is found; otherwise the
// first event of a subject says what the screen shows already.
const take = (subject, state) => {
  const isNews = states.has(subject) && states.get(subject) !== state;
  states.set(subject, state);
  if (isNews && timer === null) timer = setTimeout(refresh, pause);
};

const listen = () => {
  stream = new EventSource(body.dataset.stream);
  for (const kind of new Set([...parts()].map((part) => part.dataset.live)))
    stream.addEventListener(kind, (event) => {
      const data = JSON.parse(event.data);
      take(kind + (data.id ?? ""), kind === "counts" ? String(data.confirmed) : event.data);
    });
};

// A tab that is not shown needs no connection.
const follow = () => {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else if (stream === null) {
    listen();
  }
};

if (body.dataset.stream && parts().length > 0) {
  for (const part of parts()) if (part.dataset.confirmed) states.set("counts", part.dataset.confirmed);
  document.addEventListener("visibilitychange", follow);
  follow();
}
