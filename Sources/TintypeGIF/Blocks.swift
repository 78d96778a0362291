import TintypeCore

/// The header and the logical screen descriptor (GIF89a §17, §18).
struct Screen {
    var size: Size
    var palette: Palette?

    init(reading reader: inout ByteReader) throws(ImageError) {
        let signature = try reader.readBytes(6)
        guard ImageFormat(signature: signature) == .gif else {
            throw ImageError(.malformed, "neither GIF87a nor GIF89a", at: 0, format: .gif)
        }
        let width = Int(try reader.readUInt16LittleEndian())
        size = Size(width, Int(try reader.readUInt16LittleEndian()))
        let flags = try reader.readByte()
        // The background colour is not used, as in browsers; the pixel aspect ratio neither.
        _ = try reader.readUInt16()
        palette = try Palette(flags: flags, reading: &reader)
    }
}

/// A colour table (GIF89a §19, §21): opaque RGBA pixels, red lowest.
struct Palette {
    /// 256 of them; black from `count` on.
    var colors = [UInt32](repeating: Self.black, count: 256)
    /// Entries that the file holds, a power of two.
    var count = 0

    private static let black: UInt32 = 0xFF00_0000

    /// The palette of an image that has none.
    static let missing = Palette()

    private init() {}

    /// Reads the table of which `flags` of a descriptor speak, if they say that there is one.
    init?(flags: UInt8, reading reader: inout ByteReader) throws(ImageError) {
        guard flags & 0x80 != 0 else { return nil }
        count = 2 << Int(flags & 7)
        let bytes = try reader.readBytes(count * 3)
        for i in 0..<count {
            let (red, green, blue) = (bytes[i * 3], bytes[i * 3 + 1], bytes[i * 3 + 2])
            colors[i] = Self.black | UInt32(blue) << 16 | UInt32(green) << 8 | UInt32(red)
        }
    }
}

/// A graphic control extension (GIF89a §23).
struct GraphicControl {
    /// What becomes of the frame before the next one is drawn.
    enum Disposal {
        case leave, clear, restore
    }
    var disposal = Disposal.leave
    /// Hundredths of a second.
    var delay = 0
    var transparentIndex: Int?

    init() {}

    /// Reads the extension's data block, of at least four bytes.
    init(_ block: [UInt8]) {
        switch block[0] >> 2 & 7 {
        case 2: disposal = .clear
        case 3: disposal = .restore
        // 4 to 7 are not defined; they are read as "leave", as most decoders do.
        default: disposal = .leave
        }
        delay = Int(block[1]) | Int(block[2]) << 8
        transparentIndex = block[0] & 1 == 1 ? Int(block[3]) : nil
    }
}

/// An image descriptor (GIF89a §20), its colour table and the graphic control that applies to it.
struct ImageDescriptor {
    var x: Int
    var y: Int
    var size: Size
    var interlaced: Bool
    /// The local colour table.
    var palette: Palette?
    var control: GraphicControl

    /// Reads what follows the separator.
    init(reading reader: inout ByteReader, control: GraphicControl) throws(ImageError) {
        x = Int(try reader.readUInt16LittleEndian())
        y = Int(try reader.readUInt16LittleEndian())
        let width = Int(try reader.readUInt16LittleEndian())
        size = Size(width, Int(try reader.readUInt16LittleEndian()))
        let flags = try reader.readByte()
        interlaced = flags & 0x40 != 0
        palette = try Palette(flags: flags, reading: &reader)
        self.control = control
    }

    /// Whether the frame leaves no pixel of the screen as it was.
    func covers(_ screen: Size) -> Bool {
        control.transparentIndex == nil && x == 0 && y == 0 && size.width >= screen.width
            && size.height >= screen.height
    }

    /// The columns of the screen that the frame lies on.
    func columns(on screen: Size) -> Range<Int> {
        min(x, screen.width)..<min(x + size.width, screen.width)
    }

    /// The rows of the screen that the frame lies on.
    func lines(on screen: Size) -> Range<Int> {
        min(y, screen.height)..<min(y + size.height, screen.height)
    }
}
