// The work page's calls. A call never throws for what a network does: it tells what became of it.

const TIMEOUT_MS = 20_000;

// The cookie is asked at each call: signing in again in another tab changes the token.
export function csrfToken(doc = document) {
  const cookie = doc.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : (doc.querySelector("meta[name=csrf-token]")?.content ?? "");
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// "120" or an HTTP date → milliseconds from now; 0 where there is none.
export function retryAfterMs(header, now) {
  if (!header) return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

// What to do with an answer of the server:
//   done      it took effect
//   retry     it may have; the same again is safe and will tell
//   blocked   this browser session may not speak for the person any more; nothing is lost, signing in helps
//   refused   it never will; the message says why
export function verdict({ status, error }) {
  if (status >= 200 && status < 300) return "done";
  if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) return "retry";
  if (status === 401 || (status === 403 && error?.code !== "forbidden")) return "blocked";
  return "refused";
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    return null; // a proxy's error page, or a body that was cut
  }
}

// `call(method, path, body, {key, keepalive})` → {status, data, error: {code, message, fields} | null, retryAfterMs}.
// status 0: no answer came.
export function createApi({ base = "/api/v1/", fetch = globalThis.fetch.bind(globalThis), token = csrfToken, now = Date.now } = {}) {
  return async function call(method, path, body = null, { key = "", keepalive = false } = {}) {
    const headers = { Accept: "application/json" };
    if (body !== null) headers["Content-Type"] = "application/json";
    if (method !== "GET") headers["X-CSRFToken"] = token();
    if (key) headers["Idempotency-Key"] = key;
    try {
      const response = await fetch(base + path, {
        method,
        headers,
        body: body === null ? undefined : JSON.stringify(body),
        credentials: "same-origin",
        keepalive,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const data = await read(response);
      // A success whose body did not arrive whole is no news yet: ask again.
      const status = response.ok && data === null ? 0 : response.status;
      const error = response.ok ? null : (data?.error ?? { code: "error", message: `The server answered ${response.status}.`, fields: {} });
      return { status, data, error, retryAfterMs: retryAfterMs(response.headers.get("Retry-After"), now()) };
    } catch {
      return { status: 0, data: null, error: { code: "network", message: "The server cannot be reached.", fields: {} }, retryAfterMs: 0 };
    }
  };
}
