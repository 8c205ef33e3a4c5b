// Answers in the making, per person, assignment and task, in localStorage: written at every change, at once (a delayed
// write is the one a reload loses), and removed when the server has confirmed the assignment.

const PREFIX = "quorate:draft:";
const KEEP_MS = 14 * 24 * 3600 * 1000;

export class Drafts {
  constructor({ storage, person, now = Date.now, onFull = () => {} }) {
    Object.assign(this, { storage, person, now, onFull });
    this.warned = false;
  }

  name(assignment, task) {
    return `${PREFIX}${this.person}:${assignment}:${task}`;
  }

  // draft: {answer, seconds, signals, given}; `given` says whether the person had finished with it.
  save(assignment, task, { answer, seconds, signals, given = false }) {
    try {
      this.storage.setItem(this.name(assignment, task), JSON.stringify({ answer, seconds, signals, given, at: this.now() }));
    } catch {
      if (!this.warned) this.onFull();
      this.warned = true;
    }
  }

  load(assignment, task) {
    try {
      const draft = JSON.parse(this.storage.getItem(this.name(assignment, task)));
      return draft && typeof draft === "object" ? draft : null;
    } catch {
      return null;
    }
  }

  forget(assignment) {
    this.removeWhere((name) => name.startsWith(`${PREFIX}${this.person}:${assignment}:`));
  }

  // What was never finished and whose assignment is long over.
  sweep() {
    const oldest = this.now() - KEEP_MS;
    this.removeWhere((name) => {
      if (!name.startsWith(PREFIX)) return false;
      try {
        return !(JSON.parse(this.storage.getItem(name)).at > oldest);
      } catch {
        return true;
      }
    });
  }

  removeWhere(unwanted) {
    try {
      const names = Array.from({ length: this.storage.length }, (_, place) => this.storage.key(place));
      for (const name of names) if (unwanted(name)) this.storage.removeItem(name);
    } catch {
      // No storage: nothing was kept either.
    }
  }
}

// Assignments that were given back unseen when the page was left, until the next page has read of them.
export class Unseen {
  constructor({ storage, person, pool }) {
    Object.assign(this, { storage, name: `quorate:unseen:${person}:${pool}` });
  }

  note(ids) {
    if (!ids.length) return;
    try {
      this.storage.setItem(this.name, JSON.stringify(ids));
    } catch {
      // No storage: a reload within the same moment may show one of them, and the server then says it is over.
    }
  }

  // The ids, once.
  take() {
    try {
      const ids = JSON.parse(this.storage.getItem(this.name));
      this.storage.removeItem(this.name);
      return Array.isArray(ids) ? ids : [];
    } catch {
      return [];
    }
  }
}
