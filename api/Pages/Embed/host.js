// For the site that shows the frame. It gives each frame the height of its page. With data-campaign it also makes one:
// <script src="https://…/embed/host.js" data-campaign="SLUG" data-source="CODE" data-show="counter" async></script>
"use strict";

(() => {
  const script = document.currentScript;
  const home = new URL(".", script.src);
  const { campaign, source, show, lang, title } = script.dataset;
  const titles = { en: "Petition", nl: "Petitie", nb: "Underskriftskampanje" };

  addEventListener("message", ({ origin, source: sender, data }) => {
    // A frame in a sandbox without an origin sends "null"; which frame it is shows the window.
    if ((origin !== home.origin && origin !== "null") || data?.type !== "campaign-height") return;
    const height = Number(data.height);
    if (!(height > 0 && height < 20_000)) return;
    for (const frame of document.querySelectorAll("iframe"))
      if (frame.contentWindow === sender && frame.src.startsWith(home.href)) frame.height = height;
  });

  if (!campaign) return;
  const address = new URL(encodeURIComponent(campaign) + (show === "counter" ? "/counter" : ""), home);
  if (source) address.searchParams.set("s", source);
  if (lang) address.searchParams.set("lang", lang);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title || titles[lang] || titles.en;
  frame.width = "100%";
  frame.height = show === "counter" ? "260" : "900";
  frame.setAttribute("sandbox", "allow-forms allow-scripts allow-popups allow-popups-to-escape-sandbox");
  script.after(frame);
})();
