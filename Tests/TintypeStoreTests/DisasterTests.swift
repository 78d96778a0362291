import Glibc
import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// What the machine can do to a store in the middle of a save.
@Suite struct DisasterTests {
    let folder = TemporaryFolder()

    /// Killed at any moment, a store has every record whose save had returned, and no record without its whole image.
    @Test(arguments: [3_000, 9_000, 20_000, 40_000, 77_000] as [UInt32])
    func killed(delay: UInt32) async throws {
        let bytes = try picture()
        await #expect(processExitsWith: .signal(SIGALRM)) {
            [path = folder.path.string as String, bytes = bytes as [UInt8], delay = delay as UInt32] in
            let log = try FileDescriptor.open(
                FilePath(path).appending("log"), .writeOnly, options: [.create, .append],
                permissions: .ownerReadWrite)
            let photos = try ModelStore(root: FilePath(path)).collection(of: Photo.self)
            dieSoon(afterMicroseconds: delay)
            while true {
                let photo = try await photos.save(
                    ContentFile(named: "a.png", bytes: bytes), in: \.image, of: Photo(title: "new"))
                try log.writeAll([UInt8(photo.id ?? 0)])
                try await photos.save(
                    ContentFile(named: "b.png", bytes: bytes), in: \.image, of: photo)
                if photo.id == 200 { return }
            }
        }
        let photos = try folder.photos
        let all = try await photos.all()
        #expect(try folder.read("log").allSatisfy { id in all.contains { $0.id == Int(id) } })
        for photo in all { #expect(try await photos.read(\.image, of: photo) == bytes) }
        #expect(try await photos.save(Photo()).id == (all.last?.id ?? 0) + 1, "the store is usable, and not locked")
    }

    @Test func aFullDisk() async throws {
        try await folder.photos.save(Photo(title: "before"))
        await #expect(processExitsWith: .success) {
            [path = folder.path.string as String, bytes = try picture() as [UInt8]] in
            let folder = FilePath(path)
            let photos = try ModelStore(root: folder).collection(of: Photo.self)
            // Neither the image nor a long record finds room; both leave everything as it was.
            limitFileSize(to: UInt(min(bytes.count - 1, 300)))
            guard
                case .file? = await storeError({
                    try await photos.save(ContentFile(named: "a.png", bytes: bytes), in: \.image, of: Photo())
                })
            else { exit(1) }
            let long = Photo(id: 1, title: String(repeating: "long", count: 200))
            guard case .file("models/Photo.journal", let error)? = await storeError({ try await photos.save(long) })
            else { exit(2) }
            guard error.operation == .write, error.reason == "the file is too large" else { exit(3) }
            guard TemporaryFolder.names(in: folder.appending("models")) == ["Photo.journal", "Photo.json"] else {
                exit(4)
            }
            guard try await photos.get(id: 1).title == "before" else { exit(5) }
            limitFileSize(to: 1 << 30)
            guard try await photos.save(long) == long else { exit(6) }
        }
        #expect(try await folder.photos.count() == 1)
    }

    @Test func aReadOnlyFolderCanBeRead() async throws {
        let photo = try await folder.photos.save(
            ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo(title: "x"))
        for name in ["models", "media", "media/photos", "media/photos/2026", "media/photos/2026/11", ""] {
            folder.permit(0o755, name)
        }
        await #expect(processExitsWith: .success) {
            [path = folder.path.string as String, bytes = try picture() as [UInt8]] in
            if geteuid() != 0 { exit(EXIT_SUCCESS) }
            becomeNobody()
            let photos = try ModelStore(root: FilePath(path)).collection(of: Photo.self)
            let photo = try await photos.get(id: 1)
            guard try await photos.read(\.image, of: photo) == bytes else { exit(1) }
            let error = await storeError { try await photos.save(photo) }
            guard error == .file(".lock", ImageError(.io, "permission denied", operation: .create)) else { exit(2) }
        }
        #expect(try await folder.photos.get(id: 1) == photo)
    }

    /// A storage that fails at the second image takes the first away again.
    @Test func aStorageThatFails() async throws {
        struct Failing: Storage {
            let memory = MemoryStorage()
            func create(_ path: RelativePath, bytes: [UInt8]) throws(StoreError) -> Bool {
                if path.folders.first?.string == "covers" { throw .file("x", ImageError(.io, "the disk is full")) }
                return memory.create(path, bytes: bytes)
            }
            func open(_ path: RelativePath) throws(StoreError) -> any ByteSource { try memory.open(path) }
            func delete(_ path: RelativePath) { memory.delete(path) }
            func status(of path: RelativePath) -> StorageFile? { memory.status(of: path) }
            func files() -> [StorageFile] { memory.files() }
            func url(of path: RelativePath) -> String { memory.url(of: path) }
        }
        let storage = Failing()
        let photos = try folder.store(storage: storage).collection(of: Photo.self)
        var photo = Photo()
        photo.image = .pending(ContentFile(named: "a.png", bytes: try picture()))
        photo.cover = photo.image
        #expect(await storeError { try await photos.save(photo) } == .file("x", ImageError(.io, "the disk is full")))
        #expect(storage.memory.files() == [])
        photo.cover = nil
        try await photos.save(photo)
        #expect(storage.memory.files().map(\.path.description) == ["photos/2026/11/a.png"])
    }
}
