// Live parts by htmx over server-sent events; the wallet through its own interface. Nothing here talks to anybody but this site.
import htmx from "htmx.org/dist/htmx.esm.js";

window.htmx = htmx; // where its extensions look for it
await import("htmx-ext-sse");
await import("./wallet.js");
