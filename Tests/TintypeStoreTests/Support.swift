import FoundationEssentials
import SystemPackage
import TestSupport
import Tintype
import TintypeStore

/// The model of most tests.
struct Photo: Model, Hashable {
    var id: Int?
    var title = ""
    var image: ImageField?
    var cover: ImageField?
    static let imageFields: [ImageFieldDeclaration<Photo>] = [
        ImageFieldDeclaration("image", \.image, uploadTo: .dated("photos/%Y/%m")),
        ImageFieldDeclaration(
            "cover", \.cover,
            uploadTo: .custom { photo, name throws(StoreError) in
                try RelativePath("covers/\(photo.title.isEmpty ? "untitled" : photo.title)/\(name)")
            }),
    ]
}

extension TemporaryFolder {
    /// A store in this folder on the 22nd of November 2026, whose "random" names can be had again.
    func store(storage: (any Storage)? = nil, records: (any RecordStorage)? = nil) -> ModelStore {
        var store = ModelStore(root: path, storage: storage, records: records)
        store.clock = { Date(timeIntervalSince1970: 1_795_348_800) }
        return store
    }

    var photos: ModelCollection<Photo> {
        get throws { try store().collection() }
    }

    func text(_ name: String) throws -> String {
        String(decoding: try read(name), as: UTF8.self)
    }
}

/// A picture for those tests that do not mind which.
func picture(_ name: String = "rgb-8.png") throws -> [UInt8] {
    try TestImages.bytes(name)
}

/// What an expression throws as a store error, to compare it.
func storeError<T>(_ body: () async throws -> T) async -> StoreError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? StoreError
    }
}

extension StoreError {
    var validation: ValidationError? {
        if case .validation(let error) = self { error } else { nil }
    }
}
