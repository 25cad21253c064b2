// What the server tells by itself: changes of the vault. A hidden tab does not listen, and catches up when it is shown.

/** Calls `changed` when the vault is not what `revision()` says, and `trouble` with a text, or "" when it is over. */
export function listen(revision, changed, trouble) {
  let source = null;

  const start = () => {
    if (source || document.hidden) return;
    source = new EventSource("/api/events");
    const news = (event) => {
      trouble("");
      if (JSON.parse(event.data).revision !== revision()) changed(JSON.parse(event.data).revision);
    };
    source.addEventListener("hello", news);
    source.addEventListener("change", news);
    source.addEventListener("trouble", (event) => trouble(`The notes cannot be followed: ${JSON.parse(event.data).problem}`));
    source.addEventListener("error", () => {
      trouble("Not connected: this page shows what it had. Is kotovec still running?");
      if (source?.readyState === EventSource.CLOSED) {
        source = null;
        setTimeout(start, 5000);
      }
    });
  };

  const stop = () => {
    source?.close();
    source = null;
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", start);
  start();
}
