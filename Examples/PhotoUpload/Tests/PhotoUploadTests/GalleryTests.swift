import Foundation
import Hummingbird
import HTTPTypes
import HummingbirdTesting
import Testing
import Tintype

@testable import PhotoUpload

@Suite struct GalleryTests {
    private let root = FileManager.default.temporaryDirectory.appending(path: "photo-upload-\(UUID().uuidString)")

    /// Runs the site on an empty store.
    private func withSite(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let router = try makeRouter(Gallery(root: FilePath(root.path)))
        try await Application(router: router).test(.router, body)
    }

    private func photo(_ size: Size) throws -> [UInt8] {
        let pixels = (0..<3 * size.width * size.height).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        return try Image(size: size, pixelFormat: .rgb8, pixels: pixels).encoded(as: .jpeg(quality: 90))
    }

    private func form(_ bytes: [UInt8], named name: String, title: String = "") -> (HTTPFields, ByteBuffer) {
        var body = ByteBuffer(string: "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\(title)\r\n")
        body.writeString("--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\(name)\"\r\n\r\n")
        body.writeBytes(bytes)
        body.writeString("\r\n--B--\r\n")
        return ([.contentType: "multipart/form-data; boundary=B"], body)
    }

    @Test func uploadedShownAndDeleted() async throws {
        let bytes = try photo(Size(900, 300))
        let (headers, body) = form(bytes, named: "lake.jpg", title: "A <b>lake</b>")
        try await withSite { (site: any TestClientProtocol) async throws in
            #expect(
                try await site.execute(uri: "/photos", method: .post, headers: headers, body: body).status == .seeOther)
            let page = try await site.execute(uri: "/", method: .get)
            let html = String(buffer: page.body)
            #expect(html.contains("A &lt;b&gt;lake&lt;/b&gt;") && !html.contains("<b>lake"))
            #expect(html.contains("900 × 300, JPEG"))
            let original = try await site.execute(uri: "/photos/1", method: .get)
            #expect(Array(original.body.readableBytesView) == bytes)
            #expect(original.headers[.contentType] == "image/jpeg")
            let small = try await site.execute(uri: "/photos/1/small", method: .get)
            #expect(try Image(decoding: Array(small.body.readableBytesView)).size == Size(480, 160))
            #expect(try await site.execute(uri: "/photos/1/delete", method: .post).status == .seeOther)
            #expect(try await site.execute(uri: "/photos/1", method: .get).status == .notFound)
            #expect(try await site.execute(uri: "/photos/1/delete", method: .post).status == .notFound)
        }
    }

    @Test(arguments: ["notes.txt", "page.jpg", "cut.jpg", "tail.jpg", "renamed.png", "..", ""])
    func refused(_ name: String) async throws {
        let whole = try photo(Size(64, 64))
        let content: [UInt8] =
            switch name {
            case "notes.txt", "page.jpg": Array("<html>".utf8)
            case "cut.jpg": Array(whole[..<(whole.count / 2)])
            case "tail.jpg": whole + Array("<?php".utf8)
            default: whole
            }
        let (headers, body) = form(content, named: name)
        try await withSite { (site: any TestClientProtocol) async throws in
            let answer = try await site.execute(uri: "/photos", method: .post, headers: headers, body: body)
            #expect(answer.status == .unprocessableContent)
            let html = String(buffer: answer.body)
            #expect(html.contains("role=\"alert\"") && html.contains("No photos yet."))
        }
    }

    @Test func wrongRequests() async throws {
        let (headers, body) = form(try photo(Size(8, 8)), named: "a.jpg")
        try await withSite { (site: any TestClientProtocol) async throws in
            func status(_ headers: HTTPFields, _ body: ByteBuffer) async throws -> HTTPResponse.Status {
                try await site.execute(uri: "/photos", method: .post, headers: headers, body: body).status
            }
            #expect(try await status([:], body) == .badRequest)
            #expect(try await status(headers, ByteBuffer(string: "--B\r\nx")) == .badRequest)
            #expect(try await status(headers, ByteBuffer(repeating: 0, count: uploadLimit + 1)) == .contentTooLarge)
            var foreign = headers
            if let name = HTTPField.Name("Sec-Fetch-Site") { foreign[name] = "cross-site" }
            #expect(try await status(foreign, body) == .forbidden)
            #expect(try await site.execute(uri: "/photos/abc", method: .get).status == .badRequest)
        }
    }
}
