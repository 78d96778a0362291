import TestSupport
import Testing
import TintypeStore

@Suite struct FileNameTests {
    @Test(arguments: [
        ("photo.jpg", "photo.jpg"), ("  my photo.jpg ", "my_photo.jpg"), ("a  b.png", "a__b.png"),
        ("Ünïcode ñame.png", "Ünïcode_ñame.png"), ("u\u{308}.png", "ü.png"), ("q\u{308}.png", "q.png"),
        ("日本語.gif", "日本語.gif"), ("emoji😀.gif", "emoji.gif"), ("x²½Ⅷ.png", "x²½Ⅷ.png"),
        ("a;rm -rf $HOME.jpg", "arm_-rf_HOME.jpg"), ("<script>.png", "script.png"), ("-rf.jpg", "-rf.jpg"),
        (".hidden", ".hidden"), ("...", "..."), ("safe\u{202E}gpj.exe", "safegpj.exe"), ("a\u{200D}b.png", "ab.png"),
        ("100%.jpg", "100.jpg"), ("\u{3000}wide\u{3000}.jpg", "wide.jpg"), (".tar.gz", ".tar.gz"),
    ])
    func cleans(name: String, cleaned: String) throws {
        #expect(try Array(FileName(cleaning: name).string.unicodeScalars) == Array(cleaned.unicodeScalars))
    }

    @Test(arguments: [
        "", " ", ".", "..", " .. ", "a/", "../x", "..\\x", "/etc/passwd", "a/../b", "C:\\x", "a\0.jpg", "a\n.jpg",
        "\u{7F}",
        "$$$", "😀", "\u{301}", "/", "\\",
        "x." + String(repeating: "y", count: 300),
    ])
    func refuses(name: String) {
        #expect(throws: StoreError.self) { try FileName(cleaning: name) }
    }

    @Test(arguments: [
        "", ".", "..", "a/b", "a\\b", "a\0", "a\n", "a\u{202E}b", "a\u{2028}", String(repeating: "é", count: 128),
    ])
    func refusesAsItIs(name: String) {
        #expect(throws: StoreError.self) { try FileName(name) }
    }

    @Test func cutsTheRootOfALongName() throws {
        let long = try FileName(cleaning: String(repeating: "é", count: 300) + ".tar.gz")
        #expect(long.string == String(repeating: "é", count: 124) + ".tar.gz")
        #expect(long.string.utf8.count <= 255)
    }

    @Test(arguments: [
        ("a.jpg", "jpg"), ("a.tar.GZ", "gz"), ("a", ""), (".hidden", ""), ("..a.PNG", "png"), ("a.", ""),
        (".tar.gz", "gz"),
    ])
    func knowsTheExtension(name: String, extension: String) throws {
        #expect(try FileName(name).pathExtension == `extension`)
    }

    @Test(arguments: [
        ("a.tar.gz", 100, "a_???????.tar.gz"), ("photo.jpg", 100, "photo_???????.jpg"), ("noext", 100, "noext_???????"),
        (".hidden", 100, ".hidden_???????"), (".tar.gz", 100, ".tar_???????.gz"), ("photo.jpg", 14, "ph_???????.jpg"),
        ("photo.jpg", 13, "p_???????.jpg"),
    ])
    func givesAnAlternative(name: String, room: Int, pattern: String) throws {
        var random = SplitMix64(seed: 1)
        let other = try #require(try FileName(name).alternative(characters: room, using: &random)).string
        #expect(other.count == pattern.count)
        for (character, wanted) in zip(other, pattern) {
            #expect(
                wanted == "?" ? character.isASCII && (character.isLetter || character.isNumber) : character == wanted)
        }
        let another = try FileName(name).alternative(characters: room, using: &random)
        #expect(another?.string != other)
    }

    @Test func hasNoAlternativeWithoutARoot() throws {
        var random = SplitMix64(seed: 1)
        #expect(try FileName("photo.jpg").alternative(characters: 12, using: &random) == nil)
        #expect(try FileName("photo.jpg").alternative(characters: -5, using: &random) == nil)
    }

    /// Whatever goes in, what comes out is a name that all checks pass, and cleaning it again changes nothing.
    @Test func whatIsCleanedIsValid() throws {
        var random = SplitMix64(seed: 7)
        let spice = Array("ab.-_ /\\\0\n\u{202E}é\u{301}\u{308}😀ǅ²\u{3000}%".unicodeScalars)
        var passed = 0
        for _ in 0..<3000 {
            var raw = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                raw.append(spice[Int.random(in: spice.indices, using: &random)])
            }
            guard let name = try? FileName(cleaning: String(raw)) else { continue }
            passed += 1
            #expect(try FileName(name.string) == name)
            #expect(try FileName(cleaning: name.string) == name)
            #expect(try RelativePath(name.string).folders.isEmpty)
        }
        #expect(passed > 300)
    }
}

@Suite struct RelativePathTests {
    @Test func takesFoldersApart() throws {
        let path = try RelativePath("photos/2026/a.jpg")
        #expect(path.folders.map(\.string) == ["photos", "2026"])
        #expect(path.name.string == "a.jpg")
        #expect(path.description == "photos/2026/a.jpg")
        #expect(path.length == 17)
    }

    @Test(arguments: [
        "", "/", "/etc/passwd", "a/", "a//b", "../x", "a/../b", "a/./b", "./a", "a/..", "..\\x", "C:\\x", "a/b\0",
    ])
    func refuses(path: String) async {
        #expect(await storeError { try RelativePath(path) } != nil)
    }

    @Test func alternativeFitsIntoAHundredCharacters() throws {
        var random = SplitMix64(seed: 3)
        let folder = String(repeating: "f", count: 70)
        let path = try RelativePath("\(folder)/\(String(repeating: "n", count: 60)).jpg").alternative(using: &random)
        #expect(path.length == RelativePath.maximumLength)
        #expect(path.name.string.hasSuffix(".jpg") && path.name.string.hasPrefix("nnnn"))
    }

    @Test func alternativeWithoutRoomIsAValidationError() async throws {
        var random = SplitMix64(seed: 3)
        let path = try RelativePath("\(String(repeating: "f", count: 95))/photo.jpg")
        do {
            _ = try path.alternative(using: &random)
            Issue.record("there is no room for a name")
        } catch {
            #expect(error.validation?.code == .maxLength)
        }
    }
}
