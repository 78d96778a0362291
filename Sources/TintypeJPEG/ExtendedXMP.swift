/// XMP that one segment does not hold (XMP part 3 §1.1.3.1): the main packet names the MD5 digest of the rest, whose pieces lie in
/// segments of their own.
struct ExtendedXMP {
    static let signature = "http://ns.adobe.com/xmp/extension/\0"
    /// Signature, digest, and two numbers of four bytes.
    static let headerBytes = signature.utf8.count + 32 + 8

    private var digest: [UInt8] = []
    private var length = 0
    private var pieces: [Int: ArraySlice<UInt8>] = [:]
    private var bytesHeld = 0

    /// Takes a segment's parameters. Those of other digests than the first are passed over, and so are impossible pieces.
    ///
    /// - Parameter allowance: how many bytes the whole may have.
    mutating func read(_ segment: [UInt8], allowance: Int) {
        guard segment.count > Self.headerBytes else { return }
        let header = segment[Self.signature.utf8.count..<Self.headerBytes]
        let own = Array(header.prefix(32))
        let total = Self.integer(header.dropFirst(32).prefix(4))
        let offset = Self.integer(header.dropFirst(36))
        if digest.isEmpty { (digest, length) = (own, total) }
        let piece = segment.dropFirst(Self.headerBytes)
        guard own == digest, total == length, length <= allowance, offset + piece.count <= length,
            pieces[offset] == nil, bytesHeld + piece.count <= length
        else { return }
        pieces[offset] = piece
        bytesHeld += piece.count
    }

    /// The whole, if all of it is there and the main packet names it.
    func whole(namedBy packet: [UInt8]?) -> [UInt8]? {
        guard length > 0, bytesHeld == length, let packet, Self.contains(digest, in: packet) else { return nil }
        var whole: [UInt8] = []
        for (offset, piece) in pieces.sorted(by: { $0.key < $1.key }) {
            guard offset == whole.count else { return nil }
            whole += piece
        }
        return whole
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func contains(_ part: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = part.first, bytes.count >= part.count else { return false }
        return (0...bytes.count - part.count).contains {
            bytes[$0] == first && bytes[$0..<$0 + part.count].elementsEqual(part)
        }
    }

    // MARK: - Writing

    /// A packet that says nothing but where the properties are.
    static func packet(naming digest: [UInt8]) -> [UInt8] {
        Array(
            """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
            <rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="
            """.utf8) + digest + Array("\"/></rdf:RDF></x:xmpmeta>".utf8)
    }

    /// The digest as XMP writes it: 32 digits in capital letters.
    static func digest(of bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return MD5.digest(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// The parameters of the segments of a whole whose digest the main packet has.
    static func segments(_ whole: [UInt8], digest: [UInt8], capacity: Int) -> [[UInt8]] {
        func bytes(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        let piece = capacity - headerBytes
        return stride(from: 0, to: whole.count, by: piece).map { offset in
            Array(signature.utf8) + digest + bytes(whole.count) + bytes(offset)
                + whole[offset..<min(whole.count, offset + piece)]
        }
    }
}
