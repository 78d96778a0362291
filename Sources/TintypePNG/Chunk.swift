internal import TintypeCore

/// The four letters of a chunk's type (PNG §5.4).
struct ChunkType: Hashable, CustomStringConvertible {
    let code: UInt32

    static var ihdr: ChunkType { ChunkType(code: 0x4948_4452) }
    static var plte: ChunkType { ChunkType(code: 0x504C_5445) }
    static var idat: ChunkType { ChunkType(code: 0x4944_4154) }
    static var iend: ChunkType { ChunkType(code: 0x4945_4E44) }
    static var trns: ChunkType { ChunkType(code: 0x7452_4E53) }
    static var iccp: ChunkType { ChunkType(code: 0x6943_4350) }
    static var srgb: ChunkType { ChunkType(code: 0x7352_4742) }
    static var exif: ChunkType { ChunkType(code: 0x6558_4966) }
    static var phys: ChunkType { ChunkType(code: 0x7048_5973) }
    static var itxt: ChunkType { ChunkType(code: 0x6954_5874) }
    static var text: ChunkType { ChunkType(code: 0x7445_5874) }
    static var ztxt: ChunkType { ChunkType(code: 0x7A54_5874) }
    static var gama: ChunkType { ChunkType(code: 0x6741_4D41) }
    static var chrm: ChunkType { ChunkType(code: 0x6348_524D) }
    static var cicp: ChunkType { ChunkType(code: 0x6349_4350) }
    static var sbit: ChunkType { ChunkType(code: 0x7342_4954) }
    static var bkgd: ChunkType { ChunkType(code: 0x624B_4744) }
    static var time: ChunkType { ChunkType(code: 0x7449_4D45) }
    static var actl: ChunkType { ChunkType(code: 0x6163_544C) }
    static var fctl: ChunkType { ChunkType(code: 0x6663_544C) }
    static var fdat: ChunkType { ChunkType(code: 0x6664_4154) }
    /// Apple's own dialect, which is not PNG.
    static var cgbi: ChunkType { ChunkType(code: 0x4367_4249) }

    var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: code >> (24 - 8 * $0)) } }

    /// Whether all four bytes are ASCII letters.
    var isLegal: Bool { bytes.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) } }

    /// Whether the picture can be shown without understanding the chunk: the first letter is small (PNG §5.4).
    var isAncillary: Bool { code & 0x2000_0000 != 0 }

    /// Whether the chunk stays true whatever becomes of the pixels: the last letter is small (PNG §5.4).
    var isSafeToCopy: Bool { code & 0x20 != 0 }

    var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// The eight bytes that a PNG file begins with (PNG §5.2).
let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
