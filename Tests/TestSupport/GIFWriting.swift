/// A GIF file for tests, legal or not, put together from what it is to hold.
public struct GIFFile: Sendable, CustomStringConvertible {
    public var version = "GIF89a"
    public var width: Int
    public var height: Int
    /// Red, green, blue, red, …; the count of colours is a power of two from 2 to 256.
    public var palette: [UInt8]?
    public var loopCount: Int?
    /// Blocks before the first image.
    public var extensions: [UInt8] = []
    public var frames: [GIFFrame]
    public var hasTrailer = true

    public init(_ width: Int, _ height: Int, palette: [UInt8]?, frames: [GIFFrame] = []) {
        self.width = width
        self.height = height
        self.palette = palette
        self.frames = frames
    }

    public var description: String { "\(width)x\(height), \(frames.count) frames" }

    /// The file.
    public var bytes: [UInt8] {
        var out = Array(version.utf8) + little(width) + little(height)
        out += [colorTableFlags(palette) | 0x70, 0, 0] + (palette ?? [])
        if let loopCount {
            out += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1] + little(loopCount) + [0]
        }
        out += extensions
        for frame in frames { out += frame.bytes }
        return hasTrailer ? out + [0x3B] : out
    }

    /// Every frame as RGBA on the screen, pixel by pixel as the specification says: the slow oracle.
    public func composited() -> [[UInt8]] {
        var screen = [[UInt8]](repeating: [0, 0, 0, 0], count: width * height)
        return frames.map { frame in
            let before = screen
            let colors = frame.palette ?? palette ?? []
            for (i, index) in frame.indexes.enumerated() where index != frame.transparentIndex.map({ UInt8($0) }) {
                let (x, y) = (frame.x + i % frame.width, frame.y + i / frame.width)
                guard x < width, y < height else { continue }
                let at = Int(index) * 3
                screen[y * width + x] = at + 2 < colors.count ? Array(colors[at..<at + 3]) + [255] : [0, 0, 0, 255]
            }
            let shown = Array(screen.joined())
            if frame.disposal == 3 { screen = before }
            if frame.disposal == 2 {
                for y in frame.y..<max(frame.y, min(frame.y + frame.height, height)) {
                    for x in frame.x..<max(frame.x, min(frame.x + frame.width, width)) {
                        screen[y * width + x] = [0, 0, 0, 0]
                    }
                }
            }
            return shown
        }
    }
}

/// One image of a test file and its graphic control extension.
public struct GIFFrame: Sendable {
    public var x = 0
    public var y = 0
    public var width: Int
    public var height: Int
    /// Row by row from the top, whether interlaced or not.
    public var indexes: [UInt8]
    public var palette: [UInt8]?
    public var transparentIndex: Int?
    public var disposal = 0
    /// Hundredths of a second.
    public var delay = 0
    public var interlaced = false
    public var codeSize: Int
    /// Instead of the coded indexes.
    public var data: [UInt8]?

    public init(_ width: Int, _ height: Int, _ indexes: [UInt8], codeSize: Int = 8) {
        self.width = width
        self.height = height
        self.indexes = indexes
        self.codeSize = codeSize
    }

    var bytes: [UInt8] {
        let flags = disposal << 2 | (transparentIndex == nil ? 0 : 1)
        var out: [UInt8] = [0x21, 0xF9, 4, UInt8(flags)] + little(delay) + [UInt8(transparentIndex ?? 0), 0]
        out += [0x2C] + little(x) + little(y) + little(width) + little(height)
        out += [colorTableFlags(palette) | (interlaced ? 0x40 : 0)] + (palette ?? [])
        return out + [UInt8(codeSize)] + GIFCodes.subBlocks(data ?? GIFCodes.encode(stored, codeSize: codeSize))
    }

    /// The indexes in the order of the file.
    private var stored: [UInt8] {
        guard interlaced else { return indexes }
        let passes = [(0, 8), (4, 8), (2, 4), (1, 2)]
        let rows = passes.flatMap { start, step in Array(stride(from: start, to: height, by: step)) }
        return rows.flatMap { indexes[$0 * width..<($0 + 1) * width] }
    }
}

/// GIF's codes, made plainly.
public enum GIFCodes {
    /// The codes of `indexes`: a clear code first, another whenever the table is full (or never again), the end code last.
    public static func encode(_ indexes: [UInt8], codeSize: Int, clearsWhenFull: Bool = true) -> [UInt8] {
        let clear = 1 << codeSize
        var codes: [(Int, width: Int)] = [(clear, codeSize + 1)]
        // The code of a string, by the code of the string before its last index, and that index.
        var table: [Int: Int] = [:]
        var (next, width) = (clear + 2, codeSize + 1)
        var word: Int?

        func emit(_ code: Int) {
            codes.append((code, width))
            // The decoder's table lags one string behind.
            if next == 1 << width && width < 12 && next < 4096 { width += 1 }
        }
        for index in indexes {
            guard let code = word else {
                word = Int(index)
                continue
            }
            let longer = code << 8 | Int(index)
            if let known = table[longer] {
                word = known
                continue
            }
            emit(code)
            if next < 4096 {
                table[longer] = next
                next += 1
            } else if clearsWhenFull {
                codes.append((clear, width))
                (table, next, width) = ([:], clear + 2, codeSize + 1)
            }
            word = Int(index)
        }
        if let word { emit(word) }
        codes.append((clear + 1, width))
        return pack(codes)
    }

    /// Codes of so many bits each, the first lowest.
    public static func pack(_ codes: [(Int, width: Int)]) -> [UInt8] {
        var out: [UInt8] = []
        var (held, count) = (0, 0)
        for (code, width) in codes {
            held |= code << count
            count += width
            while count >= 8 {
                out.append(UInt8(held & 255))
                (held, count) = (held >> 8, count - 8)
            }
        }
        return count > 0 ? out + [UInt8(held)] : out
    }

    /// Data sub-blocks of at most `size` bytes and their terminator.
    public static func subBlocks(_ data: [UInt8], size: Int = 255) -> [UInt8] {
        let starts = stride(from: 0, to: data.count, by: size)
        return starts.flatMap { start in
            let block = data[start..<min(start + size, data.count)]
            return [UInt8(block.count)] + block
        } + [0]
    }
}

private func little(_ value: Int) -> [UInt8] {
    [UInt8(value & 255), UInt8(value >> 8 & 255)]
}

/// The flag and the size field of a colour table.
private func colorTableFlags(_ palette: [UInt8]?) -> UInt8 {
    palette.map { 0x80 | UInt8(($0.count / 3).trailingZeroBitCount - 1) } ?? 0
}
