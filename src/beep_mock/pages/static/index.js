// Keeps the index page up to date: asks what has changed, and takes the page's new content from the server.
"use strict";

const INTERVAL = 1500; // milliseconds

async function refresh() {
  const root = document.documentElement;
  const answer = await fetch("/-/services");
  if (!answer.ok) return;
  const { state } = await answer.json();
  if (state === root.dataset.state) return;
  const page = await fetch("/-/");
  if (!page.ok) return;
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  document.querySelector("main").replaceWith(fresh.querySelector("main"));
  root.dataset.state = fresh.documentElement.dataset.state;
}

async function keepFresh() {
  if (!document.hidden) {
    try {
      await refresh();
    } catch {
      // The server has gone, or is not there yet: the next time will tell.
    }
  }
  setTimeout(keepFresh, INTERVAL);
}

setTimeout(keepFresh, INTERVAL);
