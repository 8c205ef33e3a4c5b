// Where the outbox keeps its entries: IndexedDB, or memory where the browser has none (private windows, full disks).
// `put` tells whether the entry will outlive the page.

const NAME = "quorate";
const TABLE = "outbox";

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open(indexedDB) {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
  return settled(request);
}

// A transaction's end, not the request's, is what makes a write last.
function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

class DatabaseStore {
  constructor(database) {
    this.database = database;
    // Another page wants a newer layout: do not stand in its way; this one goes on in memory.
    database.onversionchange = () => database.close();
  }

  async all() {
    return settled(this.database.transaction(TABLE).objectStore(TABLE).getAll());
  }

  async put(entry) {
    try {
      const transaction = this.database.transaction(TABLE, "readwrite");
      transaction.objectStore(TABLE).put(structuredClone(entry));
      await committed(transaction);
      return true;
    } catch {
      return false;
    }
  }

  async remove(id) {
    try {
      const transaction = this.database.transaction(TABLE, "readwrite");
      transaction.objectStore(TABLE).delete(id);
      await committed(transaction);
    } catch {
      // It stays and is sent once more, which changes nothing: its key is known.
    }
  }
}

export class MemoryStore {
  constructor(entries = []) {
    this.rows = new Map(entries.map((entry) => [entry.id, entry]));
  }

  async all() {
    return [...this.rows.values()];
  }

  async put(entry) {
    this.rows.set(entry.id, structuredClone(entry));
    return false;
  }

  async remove(id) {
    this.rows.delete(id);
  }
}

export async function openStore(indexedDB = globalThis.indexedDB) {
  try {
    return new DatabaseStore(await open(indexedDB));
  } catch {
    return new MemoryStore();
  }
}
