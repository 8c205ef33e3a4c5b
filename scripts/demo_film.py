"""The film that the kinds about films are tried with: `python scripts/demo_film.py` writes it anew, with Chromium's encoder.

Four seconds of ten frames: a ball that bounces, and a cart that comes in, stands still and leaves.
"""

import base64
import struct
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from scripts.services import find_chromium

TARGET = Path(__file__).resolve().parent.parent / "static" / "demo" / "yard.webm"
WIDTH, HEIGHT, RATE, FRAMES = 480, 270, 10, 40
# One cluster a second, each begun by a frame that needs no other, so that a player can jump to it.
A_CLUSTER = 10
ENCODE = """async ([width, height, rate, frames, each]) => {
  const canvas = new OffscreenCanvas(width, height);
  const ink = canvas.getContext("2d");
  const chunks = [];
  const encoder = new VideoEncoder({ output(chunk) {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    chunks.push([chunk.type === "key", btoa(String.fromCharCode(...data))]);
  }, error(error) { throw error; } });
  encoder.configure({ codec: "vp8", width, height, bitrate: 180000, framerate: rate });
  for (let n = 0; n < frames; n += 1) {
    const t = n / rate;
    ink.fillStyle = "#cfe3ee";
    ink.fillRect(0, 0, width, height);
    ink.fillStyle = "#8a9a6b";
    ink.fillRect(0, 215, width, 55);
    ink.fillStyle = "#b98d62";
    ink.fillRect(330, 95, 110, 120);
    const cart = t < 1.5 ? -110 + 200 * t : t < 2.8 ? 190 : 190 - 240 * (t - 2.8);
    ink.fillStyle = "#35506e";
    ink.fillRect(cart, 170, 100, 40);
    ink.fillStyle = "#22252b";
    for (const x of [24, 76]) { ink.beginPath(); ink.arc(cart + x, 214, 12, 0, 7); ink.fill(); }
    const up = Math.abs(Math.sin(Math.PI * t * 0.9));
    ink.fillStyle = "#d1495b";
    ink.beginPath(); ink.arc(60 + 95 * t, 205 - 140 * up, 18, 0, 7); ink.fill();
    const frame = new VideoFrame(canvas, { timestamp: (n * 1000000) / rate, duration: 1000000 / rate });
    encoder.encode(frame, { keyFrame: n % each === 0 });
    frame.close();
  }
  await encoder.flush();
  return chunks;
}"""


def element(name: int, *parts: bytes) -> bytes:
    """An EBML element; its length always takes eight bytes, so that places can be told ahead."""
    body = b"".join(parts)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + (1 << 56 | len(body)).to_bytes(8, "big") + body


def number(name: int, value: int) -> bytes:
    return element(name, value.to_bytes(4, "big"))


def webm(chunks: list[tuple[bool, bytes]]) -> bytes:
    """A WebM with its length and its index."""
    head = element(
        0x1A45DFA3, number(0x4286, 1), number(0x42F7, 1), element(0x4282, b"webm"), number(0x4287, 2), number(0x4285, 2)
    )
    length = element(0x4489, struct.pack(">d", FRAMES * 1000 / RATE))
    info = element(
        0x1549A966, number(0x2AD7B1, 1_000_000), length, element(0x4D80, b"quorate"), element(0x5741, b"quorate")
    )
    picture = element(0xE0, number(0xB0, WIDTH), number(0xBA, HEIGHT))
    track = element(0xAE, number(0xD7, 1), number(0x73C5, 1), number(0x83, 1), element(0x86, b"V_VP8"), picture)
    tracks = element(0x1654AE6B, track)
    clusters = []
    for first in range(0, len(chunks), A_CLUSTER):
        blocks = [
            element(0xA3, b"\x81" + struct.pack(">h", (place * 1000) // RATE) + (b"\x80" if key else b"\x00") + data)
            for place, (key, data) in enumerate(chunks[first : first + A_CLUSTER])
        ]
        clusters.append(element(0x1F43B675, number(0xE7, first * 1000 // RATE), *blocks))

    def cues(place: int) -> bytes:
        points = []
        for count, cluster in enumerate(clusters):
            at = element(0xB7, number(0xF7, 1), number(0xF1, place))
            points.append(element(0xBB, number(0xB3, count * A_CLUSTER * 1000 // RATE), at))
            place += len(cluster)
        return element(0x1C53BB6B, *points)

    before = len(info) + len(tracks)
    index = cues(before + len(cues(0)))
    return head + element(0x18538067, info, tracks, index, *clusters)


def frames() -> list[tuple[bool, bytes]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        # Encoders are for pages of a trustworthy origin.
        page.route("https://demo.test/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto("https://demo.test/")
        found: Any = page.evaluate(ENCODE, [WIDTH, HEIGHT, RATE, FRAMES, A_CLUSTER])
        browser.close()
    return [(key, base64.b64decode(data)) for key, data in found]


if __name__ == "__main__":
    TARGET.write_bytes(webm(frames()))
