/* Huitou in the browser: tells what people do and asks what to show them. Copy this file beside your pages.

   <script src="/huitou.js"></script>
   <script>
     huitou.start({ address: "https://huitou.example.com", key: "the browser key of your shop" });
     huitou.consent(true);                             // when the visitor agreed; false forgets everything
     huitou.event("view", { item_id: "sku-77" });
     huitou.recommend({ placement: "item", n: 4, context_items: ["sku-77"] }).then((answer) => show(answer.items));
   </script>
   <button data-huitou-event="cart" data-huitou-item="sku-77">Into the cart</button>

   An event is written to localStorage first and leaves it only when the service has answered for it. Sending it twice
   is harmless, because it keeps its event_id. Every request is a fetch with keepalive, which outlives its page. It is
   not navigator.sendBeacon: that cannot carry the key in a header, and nothing says whether it arrived. */
const huitou = (() => {
  "use strict";

  const GATHER_MS = 500;
  const FIRST_PAUSE_MS = 1_000;
  const LONGEST_PAUSE_MS = 300_000;
  const MOST_IN_BATCH = 50;
  const MOST_BYTES = 30_000; // browsers take 64 KiB of keepalive bodies at a time
  const MOST_KEPT = 500;
  const REMEMBERED_MS = 7 * 86_400_000;
  const PREFIX = "huitou.";

  let [settings, customerId, timer, failures, notBefore] = [null, null, null, 0, 0];
  const inFlight = new Set();

  // What is kept in this browser. Where storage is forbidden or full, the page's own memory has to do.
  const memory = new Map();

  function read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + name)) ?? memory.get(name) ?? otherwise;
    } catch {
      return memory.get(name) ?? otherwise;
    }
  }

  function write(name, value) {
    try {
      localStorage.setItem(PREFIX + name, JSON.stringify(value));
      memory.delete(name);
    } catch {
      memory.set(name, value);
    }
  }

  function forgetAll() {
    memory.clear();
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
    } catch {
      // Where nothing can be stored there is nothing to forget.
    }
  }

  const hex = (byte) => byte.toString(16).padStart(2, "0");
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join("");

  const agreed = () => settings !== null && read("consent", null) === true;

  function who() {
    if (!agreed()) return {};
    let visitorId = read("visitor", null);
    if (visitorId === null) write("visitor", (visitorId = newId()));
    return customerId === null ? { visitor_id: visitorId } : { customer_id: customerId, visitor_id: visitorId };
  }

  // In which answer an item was shown, for a week: what follows from it carries that answer's id.
  const shown = () => new Map(read("shown", []).filter(([, [, at]]) => Date.now() - at < REMEMBERED_MS));

  function remember(answer) {
    if (!agreed() || !answer.recommendation_id) return;
    const known = shown();
    for (const { item_id } of answer.items) {
      known.delete(item_id); // the newest stand last
      known.set(item_id, [answer.recommendation_id, Date.now()]);
    }
    write("shown", [...known].slice(-MOST_KEPT));
  }

  function recommendationOf(itemId) {
    const [id] = shown().get(itemId) ?? [];
    return id ? { recommendation_id: id } : {};
  }

  // Sending: what is not answered for stays, and is tried again later or on the next page.

  function request(path, body, options) {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${settings.key}` };
    return fetch(settings.address + path, { method: "POST", headers, body, credentials: "omit", ...options });
  }

  function schedule(waitMs) {
    clearTimeout(timer);
    timer = setTimeout(flush, Math.max(waitMs, notBefore - Date.now()));
  }

  function nextBatch() {
    const batch = read("unsent", []).filter((event) => !inFlight.has(event.event_id)).slice(-MOST_IN_BATCH);
    let body = JSON.stringify({ events: batch });
    while (batch.length > 1 && new TextEncoder().encode(body).length > MOST_BYTES) {
      batch.shift();
      body = JSON.stringify({ events: batch });
    }
    return [new Set(batch.map((event) => event.event_id)), body];
  }

  async function flush() {
    if (!agreed()) return;
    if (Date.now() < notBefore) return schedule(0);
    const [ids, body] = nextBatch();
    if (ids.size === 0) return;
    ids.forEach((id) => inFlight.add(id));
    let response = null;
    try {
      response = await request("/v1/events", body, { keepalive: true });
    } catch {
      // The service or the net is away: as with an answer that may be another one later.
    }
    const settled = await judge(response);
    ids.forEach((id) => inFlight.delete(id));
    if (!agreed()) return;
    if (settled) write("unsent", read("unsent", []).filter((event) => !ids.has(event.event_id)));
    schedule(0);
  }

  /* Whether the events need not be sent again; sets the pause before the next attempt otherwise. */
  async function judge(response) {
    if (response?.ok) {
      failures = 0;
      const { results } = await response.json().catch(() => ({ results: [] }));
      for (const row of results) if (row.status === "rejected") console.warn("huitou:", row.error.message);
      return true;
    }
    if (response && [400, 413, 415, 422].includes(response.status)) {
      console.error("huitou: events were refused:", await response.text().catch(() => response.status));
      return true;
    }
    const growingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);
    const askedS = Number.parseInt(response?.headers.get("Retry-After") ?? "", 10);
    failures += 1;
    notBefore = Date.now() + (Number.isFinite(askedS) ? askedS * 1_000 : growingMs);
    return false;
  }

  /* address and key are needed; customer_id is told when somebody is signed in. */
  function start({ address, key, customer_id = null, timeout_ms = 2_000 }) {
    settings = { address: address.replace(/\/+$/, ""), key, timeout_ms };
    customerId = customer_id;
    schedule(0); // what an earlier page could not send
  }

  /* Nothing is stored and no event is sent before true was said; false forgets all, and is remembered itself. */
  function consent(yes) {
    if (!yes) {
      clearTimeout(timer);
      forgetAll();
    }
    write("consent", yes === true);
    if (yes) schedule(0);
  }

  /* Something that was done with an item: ("purchase", { item_id, quantity, unit_price, order_id }). */
  function event(kind, fields) {
    if (!agreed()) return;
    const base = { event_id: newId(), kind, occurred_at: new Date().toISOString(), channel: "web" };
    const told = { ...base, ...who(), ...recommendationOf(fields.item_id), ...fields };
    write("unsent", [...read("unsent", []), told].slice(-MOST_KEPT));
    schedule(GATHER_MS);
  }

  /* What to show; no items when the service is away, so that the page goes on. Without consent it is not personal. */
  async function recommend(asked = {}) {
    try {
      // A key that stands in pages asks for the visitor; whom the visitor was merged into, the service knows.
      const body = JSON.stringify({ visitor_id: who().visitor_id, ...asked });
      const response = await request("/v1/recommendations", body, { signal: AbortSignal.timeout(settings.timeout_ms) });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error.message);
      for (const place of answer.placements ?? [answer]) remember(place);
      return answer;
    } catch (error) {
      console.warn("huitou:", error.message);
      return { recommendation_id: null, items: [], placements: [] };
    }
  }

  document.addEventListener("click", ({ target }) => {
    const marked = target.closest?.("[data-huitou-event]");
    if (marked) event(marked.dataset.huitouEvent, { item_id: marked.dataset.huitouItem });
  });
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? flush() : schedule(0)));
  addEventListener("pagehide", flush);

  return { start, consent, event, recommend, flush, visitor: () => who().visitor_id ?? null };
})();
