// Money as whole micro-units, read from and written as decimal text; no floating point in between.

const MICRO = 1_000_000n;

// "0.05" → 50000n
export function micro(text) {
  const [whole, decimals = ""] = String(text).split(".");
  return BigInt(whole || "0") * MICRO + BigInt(decimals.padEnd(6, "0").slice(0, 6));
}

// 50000n, "$" → "$0.05"; without a symbol the currency's code stands behind.
export function moneyText(amount, { symbol = "", currency = "" } = {}) {
  const size = amount < 0n ? -amount : amount;
  const decimals = String(size % MICRO).padStart(6, "0").replace(/0{1,4}$/, "");
  const whole = String(size / MICRO).replace(/\B(?=(\d{3})+$)/g, ",");
  const digits = `${amount < 0n ? "−" : ""}${symbol}${whole}.${decimals}`;
  return symbol ? digits : `${digits}\u00a0${currency}`;
}
