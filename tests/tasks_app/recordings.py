"""Recordings made by hand, of the formats that are taken: as much of each as tells what it is and how long."""

import io
import struct
import wave


def wav(milliseconds: int = 1000, *, rate: int = 1000, code: int | None = None) -> bytes:
    """Silence, mono, 8 bits; `code` writes another format over PCM's."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        file.writeframes(bytes(milliseconds * rate // 1000))
    data = bytearray(out.getvalue())
    if code is not None:
        data[20:22] = struct.pack("<H", code)
    return bytes(data)


def flac(samples: int = 44_100, rate: int = 44_100) -> bytes:
    packed = rate << 44 | 1 << 41 | 15 << 36 | samples
    return b"fLaC\x80\x00\x00\x22" + bytes(10) + packed.to_bytes(8, "big") + bytes(16)


def ogg(packet: bytes, granule: int) -> bytes:
    def page(kind: int, position: int, body: bytes) -> bytes:
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, kind, position, 1, 0, 0, 1) + bytes([len(body)])
        return head + body

    return page(2, 0, packet) + page(4, granule, bytes(20))


def opus(milliseconds: int = 2000, skipped: int = 312) -> bytes:
    packet = b"OpusHead\x01\x01" + struct.pack("<HIhB", skipped, 48_000, 0, 0)
    return ogg(packet, milliseconds * 48 + skipped)


def vorbis(samples: int = 22_050, rate: int = 22_050) -> bytes:
    return ogg(b"\x01vorbis\x00\x00\x00\x00\x01" + struct.pack("<I", rate) + bytes(14), samples)


def mp3(frames: int = 100, *, tag: int = 0, table: bool = False) -> bytes:
    """MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes and 1152 samples a frame."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    first = frame
    if table:
        first = frame[:36] + b"Xing" + struct.pack(">II", 1, frames) + frame[48:]
    head = b"ID3\x04\x00\x00" + bytes([tag >> 21 & 127, tag >> 14 & 127, tag >> 7 & 127, tag & 127]) + bytes(tag)
    return (head if tag else b"") + first + frame * ((2 if table else frames) - 1)


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def mp4(
    *codecs: bytes,
    milliseconds: int = 3000,
    size: tuple[int, int] = (320, 240),
    last: bool = True,
    brand: bytes = b"isom",
) -> bytes:
    """A track for each codec; `last` puts what describes it behind the media, as cameras do."""
    tracks = []
    for codec in codecs:
        entry = box(codec, bytes(24), struct.pack(">HH", *size), bytes(50))
        tracks.append(
            box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), entry)))))
        )
    header = box(b"mvhd", bytes(12), struct.pack(">II", 1000, milliseconds), bytes(80))
    moov = box(b"moov", header, *tracks)
    media = box(b"mdat", bytes(100))
    return box(b"ftyp", brand, bytes(4), b"isom") + (media + moov if last else moov + media)


def element(name: int, body: bytes) -> bytes:
    """An EBML element with a length of four bytes."""
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + (0x10000000 | len(body)).to_bytes(4, "big") + body


def webm(
    *codecs: bytes, milliseconds: float | None = 2500, size: tuple[int, int] = (320, 240), doctype: bytes = b"webm"
) -> bytes:
    head = element(0x1A45DFA3, element(0x4282, doctype))
    told = element(0x2AD7B1, (1_000_000).to_bytes(4, "big"))
    if milliseconds is not None:
        told += element(0x4489, struct.pack(">d", milliseconds))
    tracks = b""
    for codec in codecs:
        picture = element(0xB0, size[0].to_bytes(2, "big")) + element(0xBA, size[1].to_bytes(2, "big"))
        video = element(0xE0, picture) if codec.startswith(b"V_") else b""
        tracks += element(0xAE, element(0x86, codec) + video)
    body = element(0x1549A966, told) + element(0x1654AE6B, tracks) + element(0x1F43B675, bytes(50))
    return head + element(0x18538067, body)
