// What the pages of a campaign do better with a script. They are complete without it.
"use strict";

const inFrame = window.parent !== window;
const numbers = new Intl.NumberFormat(document.documentElement.lang);

// 100, 200, 500, 1,000 and so on: the largest up to a number.
const roundBelow = (number) => {
  let largest = 0;
  for (let power = 100; power <= number; power *= 10)
    for (const step of [1, 2, 5]) if (power * step <= number) largest = power * step;
  return largest;
};

// Follows the count of a campaign while the page is shown.
const follow = (goal) => {
  const shortest = 10_000;
  const longest = 300_000;
  const number = goal.querySelector("strong");
  const bar = goal.querySelector("progress");
  const percent = goal.querySelector(".goal-line span");
  let shown = Number(goal.dataset.confirmed);
  let tag = null;
  let pause = shortest;
  let timer = null;

  const show = ({ confirmed, goal: wanted }) => {
    number.textContent = numbers.format(confirmed);
    if (confirmed !== 1) number.nextElementSibling.textContent = goal.dataset.many;
    bar.max = wanted;
    bar.value = Math.min(confirmed, wanted);
    percent.textContent = goal.dataset.percent.replace("{0}", numbers.format(Math.floor((confirmed * 100) / wanted)));
    const reached =
      confirmed >= wanted && shown < wanted ? wanted : roundBelow(confirmed) > shown ? roundBelow(confirmed) : null;
    if (reached !== null)
      goal.querySelector("[role=status]").textContent = goal.dataset.reached.replace("{0}", numbers.format(reached));
    shown = confirmed;
  };

  const ask = async () => {
    timer = null;
    try {
      const answer = await fetch(goal.dataset.counts, {
        credentials: "omit",
        headers: tag === null ? {} : { "if-none-match": tag },
      });
      pause = answer.ok || answer.status === 304 ? shortest : Math.min(pause * 2, longest);
      if (answer.ok) {
        tag = answer.headers.get("etag");
        show(await answer.json());
      }
    } catch {
      pause = Math.min(pause * 2, longest);
    }
    if (!document.hidden) timer = setTimeout(ask, pause);
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    timer = document.hidden ? null : setTimeout(ask, 0);
  });
  if (!document.hidden) timer = setTimeout(ask, shortest);
};

// Buttons that only a script can serve are hidden until it is here.
const offerSharing = (part) => {
  const { text, url } = part.dataset;
  const share = part.querySelector("[data-share]");
  const copy = part.querySelector("[data-copy]");
  if (navigator.share) {
    share.parentElement.hidden = false;
    // Closing the dialogue is no error.
    share.addEventListener("click", () => navigator.share({ text, url }).catch(() => {}));
  }
  if (navigator.clipboard) {
    copy.parentElement.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(url);
      part.querySelector("[role=status]").textContent = copy.dataset.done;
    });
  }
};

// The site of the frame gets the height and nothing else.
const tellHeight = () => {
  const tell = () =>
    window.parent.postMessage({ type: "campaign-height", height: Math.ceil(document.body.offsetHeight) }, "*");
  new ResizeObserver(tell).observe(document.body);
  // A browser does not focus by itself what a frame of another site asks it to.
  document.querySelector("[autofocus]")?.focus();
};

for (const goal of document.querySelectorAll("[data-counts]")) follow(goal);
// A frame may neither share nor copy unless its site lets it.
if (inFrame) tellHeight();
else for (const part of document.querySelectorAll("[data-url]")) offerSharing(part);
