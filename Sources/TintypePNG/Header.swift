internal import TintypeCore

/// What IHDR says (PNG §11.2.1).
struct Header {
    enum ColorType: UInt8 {
        case gray = 0
        case rgb = 2
        case palette = 3
        case grayAlpha = 4
        case rgba = 6
    }

    var size: Size
    let depth: Int
    let colorType: ColorType
    let interlaced: Bool

    /// - Throws: `malformed` if the bytes are not a legal IHDR.
    init(_ data: [UInt8], at offset: Int) throws(ImageError) {
        func malformed(_ reason: String) -> ImageError { ImageError(.malformed, reason, at: offset, format: .png) }
        guard data.count == 13 else { throw malformed("IHDR has \(data.count) bytes rather than 13") }
        let width = data[0..<4].reduce(0) { $0 << 8 | Int($1) }
        let height = data[4..<8].reduce(0) { $0 << 8 | Int($1) }
        guard (1...0x7FFF_FFFF).contains(width), (1...0x7FFF_FFFF).contains(height) else {
            throw malformed("\(width)x\(height) is no size of a picture")
        }
        size = Size(width, height)
        depth = Int(data[8])
        guard let colorType = ColorType(rawValue: data[9]), colorType.depths.contains(depth) else {
            throw malformed("colour type \(data[9]) with \(data[8]) bits a sample does not exist")
        }
        self.colorType = colorType
        guard data[10] == 0, data[11] == 0, data[12] <= 1 else {
            throw malformed(
                "compression, filter or interlace method \(data[10]), \(data[11]), \(data[12]) does not exist")
        }
        interlaced = data[12] == 1
    }

    /// Samples a pixel, as stored.
    var channels: Int { colorType.channels }
    var bitsPerPixel: Int { channels * depth }
    /// What the filters take for the distance to the pixel on the left (PNG §9.2).
    var filterDistance: Int { max(1, bitsPerPixel / 8) }

    /// Bytes of a line of `width` pixels, without the filter type byte.
    func lineBytes(_ width: Int) -> Int { (width * bitsPerPixel + 7) / 8 }
}

extension Header.ColorType {
    /// The bit depths that go with the colour type (PNG table 12).
    fileprivate var depths: [Int] {
        switch self {
        case .gray: [1, 2, 4, 8, 16]
        case .palette: [1, 2, 4, 8]
        case .rgb, .grayAlpha, .rgba: [8, 16]
        }
    }

    fileprivate var channels: Int {
        switch self {
        case .gray, .palette: 1
        case .grayAlpha: 2
        case .rgb: 3
        case .rgba: 4
        }
    }
}
