import Testing

@testable import PhotoUpload

@Suite struct MultipartFormTests {
    private let type = "multipart/form-data; boundary=XyZ"

    private func parts(_ body: String, _ type: String? = nil) throws -> [MultipartForm.Part] {
        try MultipartForm(Array(body.utf8), contentType: type ?? self.type).parts
    }

    @Test func fieldsAndFiles() throws {
        let body = """
            --XyZ\r
            Content-Disposition: form-data; name="title"\r
            \r
            A lake\r
            --XyZ\r
            Content-Disposition: form-data; name="photo"; filename="a %22b%22.jpg"\r
            Content-Type: image/jpeg\r
            \r
            \r
            --Xy-\r
            \r
            --XyZ--\r

            """
        let expected = [
            MultipartForm.Part(name: "title", fileName: nil, bytes: Array("A lake".utf8)),
            MultipartForm.Part(name: "photo", fileName: "a \"b\".jpg", bytes: Array("\r\n--Xy-\r\n".utf8)),
        ]
        #expect(try parts(body) == expected)
        #expect(try parts(body, "Multipart/Form-Data; boundary=\"XyZ\"") == expected)
    }

    @Test(arguments: [
        "", "--XyZ", "--XyZ\r\n", "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "--other\r\n\r\n--other--",
        "--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--", "--XyZ\r\nno header\r\n--XyZ--",
        "--XyZgoes on\r\n--XyZ--",
    ])
    func malformed(_ body: String) {
        #expect(throws: MultipartForm.Malformed.self) { try parts(body) }
    }

    @Test(arguments: ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", ""])
    func otherTypes(_ type: String) {
        #expect(throws: MultipartForm.Malformed.self) { try parts("--XyZ--", type) }
    }

    /// Cut anywhere, a form is either refused or has whole parts.
    @Test func truncated() throws {
        let body = Array("--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XyZ--\r\n".utf8)
        for length in 0..<body.count {
            if let form = try? MultipartForm(Array(body[..<length]), contentType: type) {
                #expect(form.parts == [MultipartForm.Part(name: "a", fileName: nil, bytes: Array("x".utf8))])
            }
        }
    }
}
