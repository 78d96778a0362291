internal import TintypeCore

/// The data of one ancillary chunk while they are taken apart.
struct ChunkData {
    enum Fault: Error {
        case damaged
        /// Inflated, they would be beyond the limits.
        case tooLong
    }

    /// What is held beside the bytes: thousands of empty texts take memory, too.
    static var overhead: Int { 64 }

    let bytes: [UInt8]
    /// Bytes that may be held of the chunk.
    private let room: Int
    /// What counts against the limits.
    private(set) var held: Int

    init(_ bytes: [UInt8], room: Int) {
        self.bytes = bytes
        self.room = room
        held = bytes.count + Self.overhead
    }

    /// For chunks that are all of one length.
    func expect(_ count: Int) throws(Fault) {
        guard bytes.count == count else { throw .damaged }
    }

    func uint16(at offset: Int) -> UInt16 { UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) }

    func uint32(at offset: Int) -> UInt32 { UInt32(uint16(at: offset)) << 16 | UInt32(uint16(at: offset + 2)) }

    /// The bytes up to a zero.
    ///
    /// - Parameters:
    ///   - position: where they begin; afterwards, behind the zero.
    ///   - limit: how many there may be.
    func string(_ position: inout Int, limit: Int = .max) throws(Fault) -> ArraySlice<UInt8> {
        guard let zero = bytes[position...].firstIndex(of: 0), zero - position <= limit else { throw .damaged }
        defer { position = zero + 1 }
        return bytes[position..<zero]
    }

    /// A keyword or a profile's name: 1 to 79 bytes (PNG §11.3.3.2).
    func keyword(_ position: inout Int) throws(Fault) -> ArraySlice<UInt8> {
        let name = try string(&position, limit: 79)
        guard !name.isEmpty else { throw .damaged }
        return name
    }

    /// The zlib stream from `position` to the end, inflated. The one method there is (PNG §10.1) has number 0.
    mutating func inflate(from position: Int, method: UInt8) throws(Fault) -> [UInt8] {
        guard method == 0 else { throw .damaged }
        let inflated: [UInt8]?
        do throws(ImageError) {
            inflated = try Inflater.inflateAll(Array(bytes[position...]), limit: room)
        } catch {
            throw .damaged
        }
        guard let inflated else { throw .tooLong }
        held = max(held, inflated.count + Self.overhead)
        return inflated
    }
}
