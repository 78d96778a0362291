import FoundationEssentials
import TestSupport
import Testing
import TintypeStore

@Suite struct UploadToTests {
    let folder = TemporaryFolder()

    /// The clock of these stores says 2026-11-22 12:00:00 UTC.
    @Test(arguments: [
        ("", "rgb.png"), ("photos", "photos/rgb.png"), ("photos/%Y/%m/%d", "photos/2026/11/22/rgb.png"),
        ("%y-%j/", "26-326/rgb.png"), ("%H%M%S", "120000/rgb.png"), ("a b%%", "a b%/rgb.png"),
    ])
    func putsFilesIntoFoldersOfTheirDate(pattern: String, path: String) async throws {
        let things = try folder.store().collection(named: "Thing", uploadTo: .dated(pattern))
        let saved = try await things.save(
            ContentFile(named: "rgb.png", bytes: picture()), in: \.[image: "image"], of: DynamicRecord())
        #expect(saved[image: "image"]?.stored?.name.description == path)
        #expect(try folder.read("media/" + path) == picture())
    }

    @Test(arguments: ["/absolute", "..", "a/../b", "a//b", "%Q", "50%", "a\\b", "/"])
    func refusesAFolderThatIsNone(pattern: String) {
        #expect(throws: StoreError.self) {
            try folder.store().collection(named: "Thing", uploadTo: .dated(pattern))
        }
    }

    @Test func customPathsComeFromTheRecord() async throws {
        let saved = try await folder.photos.save(
            ContentFile(named: "My Cover.png", bytes: picture()), in: \.cover, of: Photo(title: "Sea"))
        #expect(saved.cover?.stored?.name.description == "covers/Sea/My_Cover.png")
    }

    @Test func customPathsCannotLeaveTheRoot() async throws {
        let error = await storeError {
            try await folder.photos.save(
                ContentFile(named: "c.png", bytes: picture()), in: \.cover, of: Photo(title: "../.."))
        }
        #expect(error == .invalidName("covers/../../c.png", reason: "it names a folder"))
        #expect(folder.names() == [])
    }
}
