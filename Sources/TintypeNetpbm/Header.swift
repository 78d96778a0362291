import TintypeCore

/// What stands before the samples of a PGM (P5), PPM (P6) or PAM (P7) file.
struct Header {
    var size: Size
    var pixelFormat: PixelFormat
    /// The sample that stands for full light, 1 to 65,535. Above 255 samples have two bytes, most significant first.
    var maxval: Int

    init(reading reader: inout ByteReader) throws(ImageError) {
        let magic = (try reader.readByte(), try reader.readByte())
        switch magic {
        case (0x50, 0x35): try self.init(plain: &reader, gray: true)
        case (0x50, 0x36): try self.init(plain: &reader, gray: false)
        case (0x50, 0x37): try self.init(pam: &reader)
        default: throw ImageError(.malformed, "neither P5, P6 nor P7", at: 0, format: .netpbm)
        }
    }

    /// Three numbers between white space and comments, and one white space (pgm(5), ppm(5)).
    private init(plain reader: inout ByteReader, gray: Bool) throws(ImageError) {
        let width = try Self.number(&reader)
        size = Size(width, try Self.number(&reader))
        maxval = try Self.checked(maxval: try Self.number(&reader), reader)
        pixelFormat = .make(gray: gray, alpha: false, bitDepth: maxval > 255 ? 16 : 8)
    }

    /// The next number, and the one byte behind it, which must be white space.
    private static func number(_ reader: inout ByteReader) throws(ImageError) -> Int {
        var byte = try reader.readByte()
        while isSpace(byte) || byte == UInt8(ascii: "#") {
            if byte == UInt8(ascii: "#") {
                while !isLineEnd(byte) { byte = try reader.readByte() }
            }
            byte = try reader.readByte()
        }
        var digits: [UInt8] = []
        while !isSpace(byte) && digits.count < 10 {
            digits.append(byte)
            // A comment may follow at once; its line end then is the white space.
            byte = try reader.readByte()
            if byte == UInt8(ascii: "#") {
                while !isLineEnd(byte) { byte = try reader.readByte() }
            }
        }
        return try value(digits, reader)
    }

    /// Lines of a keyword and its value, up to ENDHDR (pam(5)).
    private init(pam reader: inout ByteReader) throws(ImageError) {
        guard isLineEnd(try reader.readByte()) else { throw reader.malformed("P7 does not stand alone on its line") }
        var numbers: [String: Int] = [:]
        var tupleType: [String] = []
        while true {
            let words = try Self.line(&reader).split(whereSeparator: isSpace)
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            let key = String(decoding: first, as: UTF8.self)
            if key == "ENDHDR" { break }
            switch key {
            case "WIDTH", "HEIGHT", "DEPTH", "MAXVAL":
                guard words.count == 2 else { throw reader.malformed("\(key) wants one number") }
                numbers[key] = try Self.value(Array(words[1]), reader)
            case "TUPLTYPE":
                if tupleType.count < 8 { tupleType += words.dropFirst().map { String(decoding: $0, as: UTF8.self) } }
            default:
                throw reader.malformed("unknown header line \(key)")
            }
        }
        guard let width = numbers["WIDTH"], let height = numbers["HEIGHT"], let depth = numbers["DEPTH"],
            let maxval = numbers["MAXVAL"]
        else { throw reader.malformed("WIDTH, HEIGHT, DEPTH or MAXVAL is missing") }
        size = Size(width, height)
        self.maxval = try Self.checked(maxval: maxval, reader)
        pixelFormat = try Self.pixelFormat(
            tupleType.joined(separator: " "), depth: depth, bitDepth: maxval > 255 ? 16 : 8, reader)
    }

    /// A line of the header without its end; lines that hold anything of use are short.
    private static func line(_ reader: inout ByteReader) throws(ImageError) -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let byte = try reader.readByte()
            if byte == UInt8(ascii: "\n") { return line }
            if line.count < 256 {
                line.append(byte)
            } else if line.first != UInt8(ascii: "#") {
                throw reader.malformed("a header line is too long")
            }
        }
    }

    /// What a tuple type and the number of channels mean. Without a type the number alone decides.
    private static func pixelFormat(
        _ type: String, depth: Int, bitDepth: Int, _ reader: borrowing ByteReader
    ) throws(ImageError) -> PixelFormat {
        let format: PixelFormat
        switch type {
        case "GRAYSCALE", "BLACKANDWHITE": format = .make(gray: true, alpha: false, bitDepth: bitDepth)
        case "GRAYSCALE_ALPHA", "BLACKANDWHITE_ALPHA": format = .make(gray: true, alpha: true, bitDepth: bitDepth)
        case "RGB": format = .make(gray: false, alpha: false, bitDepth: bitDepth)
        case "RGB_ALPHA": format = .make(gray: false, alpha: true, bitDepth: bitDepth)
        case "CMYK" where bitDepth == 8: format = .cmyk8
        case "" where (1...4).contains(depth):
            format = .make(gray: depth <= 2, alpha: depth % 2 == 0, bitDepth: bitDepth)
        default:
            throw ImageError(
                .unsupported, "a tuple type other than grey, RGB and 8-bit CMYK", at: reader.offset, format: .netpbm)
        }
        guard format.channels == depth else { throw reader.malformed("DEPTH \(depth) is wrong for \(type)") }
        return format
    }

    private static func checked(maxval: Int, _ reader: borrowing ByteReader) throws(ImageError) -> Int {
        guard (1...65_535).contains(maxval) else { throw reader.malformed("the largest sample is \(maxval)") }
        return maxval
    }

    /// The value of one to nine decimal digits: larger numbers are beyond any limit.
    private static func value(_ digits: [UInt8], _ reader: borrowing ByteReader) throws(ImageError) -> Int {
        let isNumber = !digits.isEmpty && digits.count <= 9 && digits.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber else { throw reader.malformed("a number is expected in the header") }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
}

private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == 0x0A || byte == 0x0D
}
