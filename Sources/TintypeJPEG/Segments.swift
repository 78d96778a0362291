import TintypeCore

/// The marker segments before and between scans: tables, frame header, metadata.
struct Segments {
    private(set) var huffman = HuffmanTables.standard()
    private(set) var conditioning = ArithmeticConditioning()
    /// Steps in natural order, kept to 16 bits as the inverse DCT takes them.
    private(set) var quantization = [[Int16]?](repeating: nil, count: 4)
    private(set) var restartInterval = 0
    private(set) var frame: FrameHeader?
    private(set) var metadata = MetadataCollector()
    private(set) var warnings: [DecodeWarning] = []
    /// What a DNL segment further on says, for a frame header that leaves the height open.
    private var height: Int?
    private var pendingMarker: Marker?
    /// Bytes before the reader's next that an entropy decoder took in and did not use.
    var unusedBytes = 0
    private let options: DecodeOptions
    var isStrict: Bool { options.strict }

    init(_ reader: inout ByteReader, options: DecodeOptions) throws(ImageError) {
        self.options = options
        metadata = MetadataCollector(limits: options.limits)
        guard try reader.readUInt16() == 0xFFD8 else { throw reader.malformed("no start-of-image marker") }
    }

    /// Reads on to the next scan, or to the end of the image.
    ///
    /// - Parameters:
    ///   - mayEnd: whether the input may end without an EOI marker, with a warning.
    ///   - row: the row which that warning names.
    /// - Returns: the scan's header, or nil at EOI.
    mutating func nextScan(
        _ reader: inout ByteReader, mayEnd: Bool = false, row: Int? = nil
    ) throws(ImageError) -> ScanHeader? {
        while true {
            guard let marker = try nextMarker(&reader) else {
                guard mayEnd else { throw reader.truncated() }
                try warn(.truncated, "the end-of-image marker is missing", row: row, at: reader.offset)
                return nil
            }
            switch marker {
            case .eoi:
                return nil
            case .soi:
                throw reader.malformed("a second start-of-image marker")
            case .sos:
                let offset = reader.offset
                let parameters = try parameters(&reader)
                guard let frame else {
                    throw ImageError(.malformed, "a scan before the frame header", at: offset, format: .jpeg)
                }
                return try ScanHeader(parameters: parameters, frame: frame, at: offset)
            case _ where marker.standsAlone:
                continue
            default:
                try read(marker, &reader)
            }
        }
    }

    /// Finds the next marker; what lies before it is passed over with a warning. Nil at the end of the input.
    ///
    /// FF fill bytes before a marker are legal (T.81 §B.1.1.2).
    mutating func nextMarker(_ reader: inout ByteReader) throws(ImageError) -> Marker? {
        var skipped = unusedBytes
        unusedBytes = 0
        if let marker = pendingMarker {
            pendingMarker = nil
            return marker
        }
        let start = reader.offset - skipped
        while let byte = try reader.nextByte() {
            guard byte == 0xFF else {
                skipped += 1
                continue
            }
            var code = try reader.nextByte()
            while code == 0xFF { code = try reader.nextByte() }
            guard let code else { return nil }
            guard code != 0 else {
                skipped += 2
                continue
            }
            if skipped > 0 { try warn(.damaged, "\(skipped) bytes that belong to no segment", at: start) }
            return Marker(code)
        }
        return nil
    }

    /// Passes over entropy-coded data to the next marker that is no restart marker.
    mutating func skipEntropyCodedData(_ reader: inout ByteReader) throws(ImageError) {
        while try reader.fill(2) > 1 {
            let next = Self.firstMarker(reader.buffer.span, reader.position, reader.end)
            reader.advance(by: next - reader.position)
            if reader.available >= 2 { return }
            // A last FF needs the byte behind it.
            if try reader.fill(2) < 2 { return }
        }
    }

    /// The place of the first FF in the window with a byte behind it that makes it such a marker; otherwise the last place that could be one,
    /// or the end.
    private static func firstMarker(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var at = start
        while at < end - 1 {
            if window[at] == 0xFF {
                let code = window[at + 1]
                if code != 0 && code != 0xFF && code & 0xF8 != 0xD0 { return at }
            }
            at += 1
        }
        return window[at] == 0xFF ? at : end
    }

    /// Has `nextMarker` return this marker again.
    mutating func putBack(_ marker: Marker) {
        pendingMarker = marker
    }

    mutating func warn(
        _ kind: DecodeWarning.Kind, _ reason: String, row: Int? = nil, at offset: Int? = nil
    ) throws(ImageError) {
        if options.strict {
            throw ImageError(kind == .truncated ? .truncated : .malformed, reason, at: offset, format: .jpeg)
        }
        if warnings.count < 100 { warnings.append(DecodeWarning(kind, reason, row: row, at: offset)) }
    }

    /// The number of bytes of a segment behind its length (T.81 §B.1.1.4).
    private func length(_ reader: inout ByteReader) throws(ImageError) -> Int {
        let length = Int(try reader.readUInt16())
        guard length >= 2 else { throw reader.malformed("a segment of length \(length)") }
        return length - 2
    }

    private func parameters(_ reader: inout ByteReader) throws(ImageError) -> [UInt8] {
        try reader.readBytes(length(&reader))
    }

    /// The length of a segment that no pixel depends on. A false one there is only damage, as other decoders take it.
    private mutating func forgivenLength(_ reader: inout ByteReader) throws(ImageError) -> Int {
        let length = Int(try reader.readUInt16())
        if length < 2 { try warn(.damaged, "a segment of length \(length)", at: reader.offset) }
        return max(0, length - 2)
    }

    private mutating func read(_ marker: Marker, _ reader: inout ByteReader) throws(ImageError) {
        let offset = reader.offset
        switch marker {
        case _ where marker.isStartOfFrame:
            try readFrame(marker, &reader, offset)
        case .dqt:
            try readQuantization(parameters(&reader), offset)
        case .dht:
            try readHuffman(parameters(&reader), offset)
        case .dac:
            try readConditioning(parameters(&reader), offset)
        case .dri:
            let bytes = try parameters(&reader)
            guard bytes.count == 2 else { throw malformed("the restart interval's length is wrong", offset) }
            restartInterval = Int(bytes[0]) << 8 | Int(bytes[1])
        case .dhp, .exp:
            throw ImageError(.unsupported, "hierarchical coding is not supported", at: offset, format: .jpeg)
        case .app0, .app1, .app2, .app13, .app14, .com:
            try metadata.read(marker, reader.readBytes(forgivenLength(&reader)))
        case _ where marker.code >= 0xE0 || marker == .dnl:
            let length = try forgivenLength(&reader)
            guard try reader.skip(length) == length else { throw reader.truncated() }
        default:
            throw malformed("an unknown marker FF\(String(marker.code, radix: 16, uppercase: true))", offset)
        }
    }

    private mutating func readFrame(_ marker: Marker, _ reader: inout ByteReader, _ offset: Int) throws(ImageError) {
        guard frame == nil else { throw malformed("a second frame header", offset) }
        let parameters = try parameters(&reader)
        if parameters.count >= 3, parameters[1] == 0, parameters[2] == 0 {
            height = try LineCount.lookAhead(&reader, limit: options.limits.memory)
        }
        let frame = try FrameHeader(marker: marker, parameters: parameters, height: height, at: offset)
        try options.limits.check(frame.size, format: .jpeg, at: offset)
        self.frame = frame
    }

    /// DQT (T.81 §B.2.4.1), of 8 or 16 bits.
    private mutating func readQuantization(_ bytes: [UInt8], _ offset: Int) throws(ImageError) {
        var at = 0
        while at < bytes.count {
            let (wide, slot) = (bytes[at] >> 4 != 0, Int(bytes[at] & 15))
            at += 1
            guard slot < 4 else { throw malformed("quantisation table \(slot)", offset) }
            guard bytes.count - at >= (wide ? 128 : 64) else {
                throw malformed("a quantisation table is cut short", offset)
            }
            var table = [Int16](repeating: 0, count: 64)
            for k in 0..<64 {
                let step = wide ? UInt16(bytes[at + 2 * k]) << 8 | UInt16(bytes[at + 2 * k + 1]) : UInt16(bytes[at + k])
                table[Int(naturalOrder[k])] = Int16(bitPattern: step)
            }
            quantization[slot] = table
            at += wide ? 128 : 64
        }
    }

    /// DHT (T.81 §B.2.4.2).
    private mutating func readHuffman(_ bytes: [UInt8], _ offset: Int) throws(ImageError) {
        var at = 0
        while at < bytes.count {
            guard bytes.count - at >= 17 else { throw malformed("a Huffman table is cut short", offset) }
            let (kind, slot) = (bytes[at] >> 4, Int(bytes[at] & 15))
            guard kind < 2, slot < 4 else { throw malformed("Huffman table \(bytes[at])", offset) }
            let counts = Array(bytes[at + 1..<at + 17])
            let total = counts.reduce(0) { $0 + Int($1) }
            at += 17
            guard total <= 256, bytes.count - at >= total else {
                throw malformed("a Huffman table's counts are wrong", offset)
            }
            let specification = HuffmanSpecification(counts: counts, symbols: Array(bytes[at..<at + total]))
            // A table that is over-full is an error only to the scan that uses it.
            _ = huffman.define(Int(kind) * 4 + slot, specification)
            at += total
        }
    }

    /// DAC (T.81 §B.2.4.3).
    private mutating func readConditioning(_ bytes: [UInt8], _ offset: Int) throws(ImageError) {
        guard bytes.count % 2 == 0 else { throw malformed("the arithmetic conditioning is cut short", offset) }
        for at in stride(from: 0, to: bytes.count, by: 2) {
            let (slot, value) = (bytes[at], bytes[at + 1])
            guard conditioning.define(slot, value) else {
                throw malformed("arithmetic conditioning \(value) of table \(slot)", offset)
            }
            if slot >= 16 && !(1...63).contains(value) {
                try warn(.damaged, "arithmetic conditioning \(value) of table \(slot)", at: offset)
            }
        }
    }

    private func malformed(_ reason: String, _ offset: Int) -> ImageError {
        ImageError(.malformed, reason, at: offset, format: .jpeg)
    }
}

/// A frame header may leave the number of lines to a DNL segment behind the first scan (T.81 §B.2.5).
enum LineCount {
    /// Reads all the rest of the input to find that segment, and puts it back.
    ///
    /// Entropy-coded data cannot hold FF DC: FF is followed by 0 there.
    static func lookAhead(_ reader: inout ByteReader, limit: Int) throws(ImageError) -> Int? {
        let start = reader.offset
        var rest: [UInt8] = []
        while try reader.fill(1) > 0 {
            guard rest.count + reader.available <= limit else {
                throw ImageError(.limitExceeded, "no number of lines within \(limit) bytes", at: start, format: .jpeg)
            }
            rest += try reader.readBytes(reader.available)
        }
        let pattern: [UInt8] = [0xFF, 0xDC, 0x00, 0x04]
        let found = rest.indices.dropLast(5).first { rest[$0] == 0xFF && Array(rest[$0..<$0 + 4]) == pattern }
        reader = ByteReader(MemoryByteSource(rest), format: .jpeg, startingAt: start)
        return found.map { Int(rest[$0 + 4]) << 8 | Int(rest[$0 + 5]) }
    }
}
