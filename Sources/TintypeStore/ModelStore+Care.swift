import FoundationEssentials
import Tintype
import TintypeCore

/// What `ModelStore.check()` found.
public struct StoreReport: Sendable, Hashable {
    public struct Finding: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// A record names a file that is not there.
            case dangling
            /// No record names the file.
            case orphan
            /// A file of records cannot be read, or the bytes of an image are not those that were stored.
            case damaged
            /// The file has not as many bytes as its record says.
            case wrongSize = "wrong_size"
            /// The picture's width, height or format is not what its record says.
            case wrongDimensions = "wrong_dimensions"
        }
        public var kind: Kind
        /// The record that names the file, if one does.
        public var model: String?
        public var id: Int?
        /// Of an image, relative to the storage; else of records.
        public var file: String
        /// A sentence for a person.
        public var reason: String
    }
    public var records = 0
    /// Files of images that records name.
    public var images = 0
    public var findings: [Finding] = []

    public init() {}

    /// Whether every record has its images. Orphans take room, but nothing is lost.
    public var isSound: Bool { findings.allSatisfy { $0.kind == .orphan } }
}

extension ModelStore {
    /// Reads everything: are the records whole, and has every image the bytes that were stored? What is saved meanwhile by others may or may
    /// not be in the report; a save that is under way shows as an orphan.
    public func check() async throws(StoreError) -> StoreReport {
        var report = StoreReport()
        let files = try await storage.files()
        var named: Set<RelativePath> = []
        var allRead = true
        for model in try await records.models() {
            do throws(StoreError) {
                for record in try await records.records(of: model) {
                    report.records += 1
                    let images = try Self.images(of: record, model)
                    named.formUnion(images.map(\.name))
                    report.images += images.count
                    try await check(images, of: record, model, &report)
                }
            } catch .damaged(let file, let line, let byte, let reason) {
                allRead = false
                let place = "line \(line), byte \(byte): \(reason)"
                report.findings.append(.init(kind: .damaged, model: model, file: file, reason: place))
            }
        }
        // A record that cannot be read may name any file.
        if allRead {
            for file in files.sorted(by: { $0.path.description < $1.path.description }) where !named.contains(file.path)
            {
                report.findings.append(
                    .init(kind: .orphan, file: file.path.description, reason: "no record names the file"))
            }
        }
        return report
    }

    private func check(
        _ images: [StoredImage], of record: RawRecord, _ model: String, _ report: inout StoreReport
    ) async throws(StoreError) {
        var found: [StoreReport.Finding] = []
        for image in images {
            guard let (kind, reason) = try await fault(of: image) else { continue }
            found.append(.init(kind: kind, model: model, id: record.id, file: image.name.description, reason: reason))
        }
        if found.isEmpty { return }
        // Someone may have replaced the image in between.
        if try await records.record(record.id, of: model) == record { report.findings += found }
    }

    private func fault(of image: StoredImage) async throws(StoreError) -> (StoreReport.Finding.Kind, String)? {
        let bytes: [UInt8]
        do throws(StoreError) {
            bytes = try await storage.read(image.name)
        } catch .missingFile {
            return (.dangling, "the file is not there")
        } catch .file(_, let error) {
            return (.dangling, error.description)
        }
        if bytes.count != image.bytes { return (.wrongSize, "it has \(bytes.count) bytes, not \(image.bytes)") }
        if Seal.checksum(bytes.span) != image.crc32 { return (.damaged, "the checksum is wrong") }
        do throws(ImageError) {
            let info = try ImageReader.inspect(MemoryByteSource(bytes)).info
            if info.displaySize == image.size, info.format == image.format { return nil }
            let (is_, was) = ("\(info.format.name) of \(info.displaySize)", "\(image.format.name) of \(image.size)")
            return (.wrongDimensions, "it is a \(is_), not a \(was)")
        } catch {
            return (.damaged, error.description)
        }
    }

    /// Removes files that no record names: what was left by processes that were stopped, or kept by `keepReplacedFiles`.
    ///
    /// - Parameters:
    ///   - grace: files younger than this stay; their records may be about to be saved.
    ///   - dryRun: whether to remove nothing.
    /// - Returns: the files that were removed, or would be. Throws, with nothing removed, if not all records can be read.
    @discardableResult
    public func gc(grace: Duration = .seconds(3600), dryRun: Bool = false) async throws(StoreError) -> [StorageFile] {
        let latest = clock().addingTimeInterval(-(grace / .seconds(1)))
        let files = try await storage.files().filter { $0.modified <= latest && !uploads.contains($0.path) }
        if files.isEmpty { return [] }
        if dryRun { return try await orphans(among: files) }
        return try await storeErrors {
            // A save stores its files before it has the lock, and looks if they are there still when it has.
            try await records.exclusively {
                let orphans = try await orphans(among: files)
                for file in orphans { try await storage.delete(file.path) }
                return orphans
            }
        }
    }

    private func orphans(among files: [StorageFile]) async throws(StoreError) -> [StorageFile] {
        var named: Set<RelativePath> = []
        for model in try await records.models() {
            for record in try await records.records(of: model) {
                named.formUnion(try Self.images(of: record, model).map(\.name))
            }
        }
        return files.filter { !named.contains($0.path) }.sorted { $0.path.description < $1.path.description }
    }

    /// All images in a record, and their variants, wherever they are: what an image looks like is known, the model's type is not.
    private static func images(of record: RawRecord, _ model: String) throws(StoreError) -> [StoredImage] {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(record.json)).images
        } catch {
            throw .undecodable(model: model, id: record.id, reason: "\(error)")
        }
    }
}

extension JSONValue {
    fileprivate var images: [StoredImage] {
        if let image = StoredImage(self) { return image.withVariants }
        return switch self {
        case .array(let values): values.flatMap(\.images)
        case .object(let values): values.values.flatMap(\.images)
        default: []
        }
    }
}

extension StoredImage {
    fileprivate var withVariants: [StoredImage] { [self] + variants.values.flatMap(\.withVariants) }
}
