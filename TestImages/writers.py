"""Plain PNG and GIF writers for what Pillow does not write: every depth, interlacing, and each disposal as it is asked for."""
import struct
import zlib

import numpy as np

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(samples, depth):
    """One row of samples, most significant bit first."""
    if depth == 16:
        return samples.astype(">u2").tobytes()
    if depth == 8:
        return samples.astype(np.uint8).tobytes()
    bits = ((samples[:, None] >> np.arange(depth - 1, -1, -1)) & 1).ravel()
    return np.packbits(bits.astype(np.uint8)).tobytes()


def filtered(row, previous, kind, step):
    """One row under filter `kind` (PNG §9.2)."""
    x, b = np.frombuffer(row, np.uint8).astype(int), np.frombuffer(previous, np.uint8).astype(int)
    a, c = np.concatenate([[0] * step, x])[: len(x)], np.concatenate([[0] * step, b])[: len(x)]
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    paeth = np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, b, c))
    guess = [0 * x, a, b, (a + b) // 2, paeth][kind]
    return bytes([kind]) + ((x - guess) & 255).astype(np.uint8).tobytes()


def png_rows(samples, depth):
    """The filtered rows of one pass; the filter changes from row to row so that all five occur."""
    height, width, channels = samples.shape
    step = max(1, channels * depth // 8)
    previous, out = bytes((width * channels * depth + 7) // 8), b""
    for y in range(height):
        row = pack(samples[y].reshape(-1), depth)
        out += filtered(row, previous, (y * 3 + 4) % 5, step)
        previous = row
    return out


def png(samples, colour, depth, interlaced=False, before=b"", after=b"", idat=900):
    """A PNG file. `samples`: height × width × channels of unscaled samples. `before`, `after`: chunks around IDAT."""
    height, width = samples.shape[:2]
    assert samples.shape[2] == CHANNELS[colour]
    if interlaced:
        passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(png_rows(p, depth) for p in passes if p.size)
    else:
        data = png_rows(samples, depth)
    data = zlib.compress(data, 9)
    parts = [chunk(b"IDAT", data[i : i + idat]) for i in range(0, len(data), idat)]
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + before + b"".join(parts) + after + chunk(b"IEND", b"")


def lzw(indexes, bits):
    """GIF's variable-length codes (GIF89a appendix F): clear first, and again whenever the table is full."""
    clear, codes, width, table, out = 1 << bits, [], bits + 1, {}, bytearray()

    def reset():
        return {bytes([i]): i for i in range(clear)}

    table = reset()
    codes.append((clear, width))
    word = b""
    for index in indexes:
        longer = word + bytes([index])
        if longer in table:
            word = longer
            continue
        codes.append((table[word], width))
        if len(table) + 2 < 4096:
            table[longer] = len(table) + 2
            if len(table) + 2 > 1 << width and width < 12:
                width += 1
        else:
            codes.append((clear, width))
            table, width = reset(), bits + 1
        word = bytes([index])
    codes.append((table[word], width))
    if len(table) + 3 > 1 << width and width < 12:
        width += 1
    codes.append((clear + 1, width))
    held = filled = 0
    for code, size in codes:
        held |= code << filled
        filled += size
        while filled >= 8:
            out.append(held & 255)
            held, filled = held >> 8, filled - 8
    if filled:
        out.append(held)
    return bytes(out)


def blocks(data):
    """Data sub-blocks and their terminator (GIF89a §15)."""
    return b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255)) + b"\0"


def palette_bytes(palette):
    """A colour table padded to a power of two, and the size field that says so."""
    field = max(0, (len(palette) - 1).bit_length() - 1)
    return bytes(palette.astype(np.uint8).reshape(-1)) + bytes(3 * ((2 << field) - len(palette))), field


def gif_frame(indexes, x=0, y=0, palette=None, transparent=None, disposal=0, delay=None, interlaced=False, bits=8):
    """One image with its graphic control extension, if it needs one."""
    height, width = indexes.shape
    out = b""
    if transparent is not None or delay is not None or disposal:
        flags = disposal << 2 | (transparent is not None)
        out += struct.pack("<BBBBHBB", 0x21, 0xF9, 4, flags, delay or 0, transparent or 0, 0)
    table, field = palette_bytes(palette) if palette is not None else (b"", 0)
    flags = (0x80 | field if table else 0) | (0x40 if interlaced else 0)
    out += struct.pack("<BHHHHB", 0x2C, x, y, width, height, flags) + table
    if interlaced:
        order = [*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)]
        indexes = indexes[order]
    return out + bytes([bits]) + blocks(lzw(indexes.astype(np.uint8).tobytes(), bits))


def gif(width, height, frames, palette=None, version=b"89a", loop=None, extensions=b"", background=0):
    """A GIF file of frames made by `gif_frame`."""
    table, field = palette_bytes(palette) if palette is not None else (b"", 7)
    flags = (0x80 if table else 0) | 0x70 | field
    out = b"GIF" + version + struct.pack("<HHBBB", width, height, flags, background, 0) + table
    if loop is not None:
        out += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", loop) + b"\0"
    return out + extensions + b"".join(frames) + b";"
