internal import TintypeCore

/// Looks at a picture's rows for what can be left out of the file without any pixel changing.
///
/// Every answer is yes until a row says no: as soon as all are no, the rest of the picture need not be waited for.
struct ReductionSearch {
    let format: PixelFormat
    private let channels: Int
    private let step: Int
    /// All 16-bit samples have two equal bytes, so that the 8-bit ones say the same.
    private(set) var fitsEightBits: Bool
    /// No pixel lets anything through.
    private(set) var isOpaque: Bool
    /// The three colours of each pixel are equal.
    private(set) var isGray: Bool
    /// The bits that a grey sample needs: 1, 2, 4 or 8.
    private(set) var grayBits: Int
    /// Pixels are either opaque or nothing, the latter all of one colour, given by its bytes as in the row.
    private(set) var hasKey: Bool
    private(set) var key: [UInt8]?
    private(set) var table: ColorTable

    /// - Parameter keepsColor: whether grey is to be left as colour, as a colour profile for RGB demands.
    init(_ format: PixelFormat, keepsColor: Bool) {
        self.format = format
        channels = format.channels
        step = format.bitDepth / 8
        fitsEightBits = true
        isOpaque = true
        isGray = format.isGray || !keepsColor
        grayBits = 1
        hasKey = format.hasAlpha
        table = ColorTable(limit: format == .gray8 ? 16 : 256)
    }

    /// Whether anything might yet be saved.
    var isOpen: Bool {
        step == 2 && fitsEightBits || format.hasAlpha && (isOpaque || hasKey) || !format.isGray && isGray
            || fitsEightBits && (!table.isFull || !format.hasAlpha && isGray && grayBits < 8)
    }

    mutating func look(at row: Span<UInt8>) {
        if step == 2, fitsEightBits { fitsEightBits = Self.repeats(row) }
        if format.hasAlpha {
            if isOpaque { isOpaque = Self.isOpaque(row, channels, step) }
            if hasKey { lookForKey(row) }
        }
        if !format.isGray, isGray { isGray = Self.isGray(row, channels, step) }
        if fitsEightBits {
            table.add(row, channels: channels, step: step)
            if isGray, grayBits < 8 { grayBits = Self.grayBits(row, channels, step, atLeast: grayBits) }
        }
    }

    private static func repeats(_ row: Span<UInt8>) -> Bool {
        var at = 0
        while at < row.count {
            if row[at] != row[at &+ 1] { return false }
            at &+= 2
        }
        return true
    }

    private static func isOpaque(_ row: Span<UInt8>, _ channels: Int, _ step: Int) -> Bool {
        let pixel = channels &* step
        var at = pixel &- step
        while at < row.count {
            if row[at] != 255 || row[at &+ step &- 1] != 255 { return false }
            at &+= pixel
        }
        return true
    }

    private static func isGray(_ row: Span<UInt8>, _ channels: Int, _ step: Int) -> Bool {
        var at = 0
        while at < row.count {
            for byte in at..<at &+ step
            where row[byte] != row[byte &+ step] || row[byte] != row[byte &+ 2 &* step] { return false }
            at &+= channels &* step
        }
        return true
    }

    /// The fewest bits from which the samples can be had again by repeating them (PNG §13.12).
    private static func grayBits(_ row: Span<UInt8>, _ channels: Int, _ step: Int, atLeast bits: Int) -> Int {
        var bits = bits
        var at = 0
        while at < row.count {
            let value = row[at]
            if bits == 1, value != 0, value != 255 { bits = 2 }
            if bits == 2, value % 85 != 0 { bits = 4 }
            if bits == 4, value % 17 != 0 { return 8 }
            at &+= channels &* step
        }
        return bits
    }

    private mutating func lookForKey(_ row: Span<UInt8>) {
        let pixel = channels * step
        for at in stride(from: 0, to: row.count, by: pixel) {
            let alpha = row[at + pixel - step]
            guard alpha == 0 || alpha == 255, alpha == row[at + pixel - 1] else {
                hasKey = false
                return
            }
            if alpha == 255 { continue }
            if let key {
                for byte in key.indices where row[at + byte] != key[byte] {
                    hasKey = false
                    return
                }
            } else {
                key = (at..<at + pixel - step).map { row[$0] }
            }
        }
    }

    /// Whether an opaque pixel of the row has the colour of the transparent ones.
    static func uses(_ key: [UInt8], _ row: [UInt8], _ format: PixelFormat) -> Bool {
        let pixel = format.bytesPerPixel
        for at in stride(from: 0, to: row.count, by: pixel) where row[at + pixel - 1] == 255 {
            var same = true
            for byte in key.indices where row[at + byte] != key[byte] { same = false }
            if same { return true }
        }
        return false
    }
}
