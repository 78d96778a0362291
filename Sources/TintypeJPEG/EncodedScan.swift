/// One scan of an encoder's file: its components, and the part of their coefficients that it tells (T.81 §G.1.1.1).
struct EncodedScan: Hashable {
    enum Kind: Hashable {
        /// All of the coefficients.
        case sequential
        /// The bits of the DC coefficients from `low` up, or, refining, the bit `low` alone.
        case dc(low: Int, refining: Bool)
        /// The same of the AC coefficients of a band of zigzag indices.
        case ac(band: ClosedRange<Int>, low: Int, refining: Bool)
    }

    /// By their place in the frame; AC scans have only one.
    let components: [Int]
    let kind: Kind

    /// The scans of a file of `count` components.
    ///
    /// The progressive ones come in the order that libjpeg's users know. First a picture in rough colours with the
    /// lowest frequencies of its brightness, then the rest in ever finer bits. In YCbCr little of the information is
    /// chroma, so each of its two components takes one scan for a bit where luma takes two.
    static func script(components count: Int, isYCbCr: Bool, progressive: Bool) -> [EncodedScan] {
        let all = Array(0..<count)
        guard progressive else { return [EncodedScan(components: all, kind: .sequential)] }
        func dc(_ low: Int, refining: Bool) -> EncodedScan {
            EncodedScan(components: all, kind: .dc(low: low, refining: refining))
        }
        func ac(_ component: Int, _ band: ClosedRange<Int>, _ low: Int, refining: Bool = false) -> EncodedScan {
            EncodedScan(components: [component], kind: .ac(band: band, low: low, refining: refining))
        }
        if isYCbCr {
            return [
                dc(1, refining: false), ac(0, 1...5, 2), ac(2, 1...63, 1), ac(1, 1...63, 1), ac(0, 6...63, 2),
                ac(0, 1...63, 1, refining: true), dc(0, refining: true), ac(2, 1...63, 0, refining: true),
                ac(1, 1...63, 0, refining: true), ac(0, 1...63, 0, refining: true),
            ]
        }
        return [dc(1, refining: false)] + all.map { ac($0, 1...5, 2) } + all.map { ac($0, 6...63, 2) }
            + all.map { ac($0, 1...63, 1, refining: true) } + [dc(0, refining: true)]
            + all.map { ac($0, 1...63, 0, refining: true) }
    }

    /// Whether the scan has codes of DC tables, and of AC tables.
    var usesTables: (dc: Bool, ac: Bool) {
        switch kind {
        case .sequential: (true, true)
        case .dc(_, let refining): (!refining, false)
        case .ac: (false, true)
        }
    }

    /// The last three parameters of its header: spectral selection, and successive approximation in one byte.
    var selection: [UInt8] {
        switch kind {
        case .sequential: [0, 63, 0]
        case .dc(let low, let refining): [0, 0, UInt8((refining ? low + 1 : 0) << 4 | low)]
        case .ac(let band, let low, let refining):
            [UInt8(band.lowerBound), UInt8(band.upperBound), UInt8((refining ? low + 1 : 0) << 4 | low)]
        }
    }
}
