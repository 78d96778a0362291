internal import TintypeCore

// EXIF and texts may stand behind the image data (PNG §5.6), but how a picture is turned has to be known before its rows
// are. Where the source can look ahead the chunks behind are read first; reading on to them later checks them.

extension ChunkReader {
    /// Image data are walked over from chunk to chunk; this many of them, so that no file makes that long.
    private static var jumps: Int { 1 << 16 }

    /// What is known when the chunks behind the image data are read, too. The open chunk stays as it is.
    ///
    /// - Parameters:
    ///   - known: what the chunks before said. The open chunk is the first of the image data.
    ///   - limit: how many bytes behind the image data are looked at.
    /// - Returns: nil where the source cannot look ahead, or nothing more is found.
    func lookingAhead(_ known: MetadataReader, limit: Int) -> Metadata? {
        guard let offset = firstOther() else { return nil }
        var reader = known
        var ahead = ChunkReader(Ahead(source, at: offset, limit: limit), strict: false)
        do throws(ImageError) {
            while let type = try ahead.advance(), type != .iend {
                if type.isAncillary { try reader.take(&ahead, palette: nil, afterData: true) }
            }
        } catch {
            // What is wrong there is found, and said, once more when the decode comes to it.
        }
        return reader.metadata
    }

    /// The offset of the first chunk behind the image data, unless it is IEND.
    private func firstOther() -> Int? {
        var offset = start
        for _ in 0..<Self.jumps {
            guard let head = look(at: offset, 8) else { return nil }
            let length = head[0..<4].reduce(0) { $0 << 8 | Int($1) }
            let type = ChunkType(code: head[4...].reduce(0) { $0 << 8 | UInt32($1) })
            guard type.isLegal, type != .iend else { return nil }
            guard type == .idat || type == .fdat || type == .fctl else { return offset }
            offset += 12 + length
        }
        return nil
    }

    private func look(at offset: Int, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        do throws(ImageError) {
            guard try source.look(at: offset, into: &span) == count else { return nil }
        } catch {
            return nil
        }
        return bytes
    }
}

/// The bytes of a source from some offset on, read without moving on in it.
private final class Ahead: ByteSource {
    private let source: any ByteSource
    private var offset: Int
    private let end: Int

    init(_ source: any ByteSource, at offset: Int, limit: Int) {
        self.source = source
        self.offset = offset
        end = offset + limit
    }

    func read(into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int {
        var front = buffer._mutatingExtracting(0..<min(buffer.count, end - offset))
        let count = try source.look(at: offset, into: &front) ?? 0
        offset += count
        return count
    }
}
