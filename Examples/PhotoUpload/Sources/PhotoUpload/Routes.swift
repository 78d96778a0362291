import Hummingbird
import HTTPTypes
import NIOCore
import Tintype
import TintypeStore

/// Bytes of a form at most.
let uploadLimit = 20 << 20

func makeRouter(_ gallery: Gallery) throws -> Router<BasicRequestContext> {
    let routes = Routes(gallery: gallery, page: try Page())
    let router = Router()
    router.get("/") { _, _ in try await routes.list() }
    router.post("/photos") { request, _ in try await routes.upload(request) }
    router.get("/photos/:id") { _, context in try await routes.file(context, small: false) }
    router.get("/photos/:id/small") { _, context in try await routes.file(context, small: true) }
    router.post("/photos/:id/delete") { request, context in try await routes.delete(request, context) }
    return router
}

struct Routes: Sendable {
    let gallery: Gallery
    let page: Page

    func list(_ status: HTTPResponse.Status = .ok, message: String? = nil) async throws -> Response {
        let html = try await page.html(gallery.all(), message: message)
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    func upload(_ request: Request) async throws -> Response {
        if comesFromElsewhere(request) {
            return try await list(.forbidden, message: "The form was sent by another site.")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: uploadLimit)
        } catch is NIOTooManyBytesError {
            return try await list(.contentTooLarge, message: "The photo is larger than \(uploadLimit >> 20) MiB.")
        }
        do {
            let form = try MultipartForm(
                Array(body.readableBytesView), contentType: request.headers[.contentType] ?? "")
            guard let photo = form.first("photo"), let name = photo.fileName, !name.isEmpty else {
                return try await list(.unprocessableContent, message: "No photo was chosen.")
            }
            let title = form.first("title").map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            _ = try await gallery.add(photo.bytes, named: name, title: title)
        } catch let error as MultipartForm.Malformed {
            return try await list(.badRequest, message: "The form cannot be read: \(error.reason).")
        } catch StoreError.validation(let error) {
            return try await list(.unprocessableContent, message: "That photo cannot be taken: \(error.message).")
        } catch StoreError.invalidName(_, let reason) {
            return try await list(.unprocessableContent, message: "The file's name cannot be used: \(reason).")
        }
        return .redirect(to: "/")
    }

    func file(_ context: BasicRequestContext, small: Bool) async throws -> Response {
        do {
            let photo = try await gallery.photo(id(context))
            let facts = try gallery.facts(photo, small: small)
            return Response(
                status: .ok,
                headers: [
                    .contentType: "image/\(facts.format.rawValue)", .contentLength: "\(facts.bytes)",
                    .xContentTypeOptions: "nosniff", .cacheControl: "private, max-age=3600",
                    .eTag: "\"\(String(facts.crc32, radix: 16))-\(facts.bytes)\"",
                ],
                body: ResponseBody(contentLength: facts.bytes) { writer in
                    let source = try await gallery.open(photo, small: small)
                    var window = [UInt8](repeating: 0, count: 64 << 10)
                    while true {
                        var span = window.mutableSpan
                        let count = try source.read(into: &span)
                        if count <= 0 { break }
                        try await writer.write(ByteBuffer(bytes: window[..<count]))
                    }
                    try await writer.finish(nil)
                })
        } catch StoreError.doesNotExist {
            return try await list(.notFound, message: "There is no such photo.")
        }
    }

    func delete(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        if comesFromElsewhere(request) {
            return try await list(.forbidden, message: "The form was sent by another site.")
        }
        do {
            try await gallery.remove(id(context))
        } catch StoreError.doesNotExist {
            return try await list(.notFound, message: "That photo is gone already.")
        }
        return .redirect(to: "/")
    }

    private func id(_ context: BasicRequestContext) throws -> Int {
        try context.parameters.require("id", as: Int.self)
    }

    /// Browsers say whether a form is one of ours (W3C Fetch Metadata).
    private func comesFromElsewhere(_ request: Request) -> Bool {
        guard let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] else { return false }
        return site != "same-origin" && site != "none"
    }
}
