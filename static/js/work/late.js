// On the worker's other pages: what an earlier visit could not send goes out now. Entries that a work page in another
// tab may still hold for taking back are left alone.

import { createApi } from "./api.js";
import { Outbox } from "./outbox.js";
import { openStore } from "./stores.js";
import { toast } from "../app.js";

const YOUNG_MS = 60_000;
const place = document.querySelector("[data-outbox]");

// {all, put, remove} of a store, without its young entries.
const settledOnly = (store) => ({
  all: async () => (await store.all()).filter((entry) => entry.refused || entry.at < Date.now() - YOUNG_MS),
  put: (entry) => store.put(entry),
  remove: (id) => store.remove(id),
});

async function sendWhatWaited() {
  let sent = 0;
  const outbox = new Outbox({
    store: settledOnly(await openStore()),
    call: createApi(),
    person: place.dataset.person,
    onDone: () => (sent += 1),
    onRefused: (entry) => toast(`An answer that had waited in this browser was not taken: ${entry.refused.message}`, "warning"),
  });
  await outbox.open();
  await outbox.flush({ force: true });
  if (sent) toast(`${sent === 1 ? "An answer" : `${sent} answers`} that had waited in this browser ${sent === 1 ? "was" : "were"} handed in.`, "success");
  addEventListener("online", () => outbox.retryNow());
}

if (place) sendWhatWaited();
