import FoundationEssentials
import Tintype
import TintypeCore

/// Random numbers from a function.
private struct FunctionGenerator: RandomNumberGenerator {
    let function: @Sendable () -> UInt64

    func next() -> UInt64 { function() }
}

/// From what somebody sent to files in the storage.
extension ModelStore {
    /// An image that passed the rules, what was made of it, and where it is to go.
    private struct Accepted<Record> {
        var property: ImageFieldDeclaration<Record>.Property
        var path: RelativePath
        var picture: Picture
        var variants: [(name: String, picture: Picture)]
    }

    /// Checks all pending images of a record, makes what their fields want, then stores them.
    ///
    /// - Returns: the record without pending images, and the names that were given. If it throws, nothing is stored.
    func storeImages<Record>(
        of record: Record, fields: [ImageFieldDeclaration<Record>]
    ) async throws(StoreError) -> (record: Record, written: [RelativePath]) {
        var accepted: [Accepted<Record>] = []
        for field in fields {
            guard case .pending(let content)? = record[keyPath: field.property] else { continue }
            accepted.append(try accept(content, in: field, of: record))
        }
        if accepted.isEmpty { return (record, []) }
        // The storage makes no folder but its own, and that lies in this one.
        try prepare()
        var record = record
        var written: [RelativePath] = []
        do {
            for image in accepted {
                let path = try await store(image.picture.bytes, as: image.path, &written)
                var stored = image.picture.stored(as: path)
                for (name, picture) in image.variants {
                    let place = try path.variant(name, of: picture.format)
                    let path = try await store(picture.bytes, as: place, &written)
                    stored.variants[name] = picture.stored(as: path)
                }
                record[keyPath: image.property] = .stored(stored)
            }
        } catch {
            await remove(written)
            throw error
        }
        return (record, written)
    }

    private func accept<Record>(
        _ content: ContentFile, in field: ImageFieldDeclaration<Record>, of record: Record
    ) throws(StoreError) -> Accepted<Record> {
        let rules = field.rules ?? rules
        var name = try FileName(cleaning: content.name)
        var picture = try rules.check(content, named: name)
        if let saving = field.saving {
            picture = try rules.make(saving, from: content.bytes)
            name = try name.withExtension(of: picture.format)
        }
        let path = try field.uploadTo.path(of: name, for: record, at: clock())
        try rules.checkExtension(of: path.name, picture.format)
        var variants: [(name: String, picture: Picture)] = []
        for (name, thumbnail) in field.variants.sorted(by: { $0.key < $1.key }) {
            variants.append((name, try rules.make(thumbnail, from: content.bytes)))
        }
        return Accepted(property: field.property, path: path, picture: picture, variants: variants)
    }

    private func store(
        _ bytes: [UInt8], as path: RelativePath, _ written: inout [RelativePath]
    ) async throws(StoreError) -> RelativePath {
        var generator = FunctionGenerator(function: random)
        let path = try await storage.save(bytes, as: path, using: &generator)
        written.append(path)
        return path
    }

    /// The image with files of its own.
    func copy(_ image: StoredImage, _ written: inout [RelativePath]) async throws(StoreError) -> StoredImage {
        var image = image
        image.name = try await store(storage.read(image.name), as: image.name, &written)
        for (name, variant) in image.variants { image.variants[name] = try await copy(variant, &written) }
        return image
    }
}

extension Picture {
    func stored(as path: RelativePath) -> StoredImage {
        StoredImage(
            name: path, width: size.width, height: size.height, format: format, bytes: bytes.count,
            crc32: Seal.checksum(bytes.span))
    }
}

extension FileName {
    /// The same name with an extension of this format, if it has another.
    func withExtension(of format: ImageFormat) throws(StoreError) -> FileName {
        if format.fileExtensions.contains(pathExtension) { return self }
        return try with(suffix: "", pathExtension: format.fileExtensions[0], characters: .max)
    }
}

extension RelativePath {
    /// Where a variant is kept: beside its image, with its name at the end.
    func variant(_ variant: String, of format: ImageFormat) throws(StoreError) -> RelativePath {
        let room = Self.maximumLength - (length - name.string.unicodeScalars.count)
        let name = try name.with(suffix: "_" + variant, pathExtension: format.fileExtensions[0], characters: room)
        return RelativePath(folders: folders, name: name)
    }
}
