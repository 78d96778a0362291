import TintypeCore

/// A record of a model that is not known when the program is compiled: any keys, any values, images among them.
public struct DynamicRecord: Model, Hashable {
    public var id: Int?
    /// Everything but the id and images that are pending. A stored image is an object with the keys of `StoredImage`.
    public var values: [String: JSONValue]
    private var pending: [String: ContentFile] = [:]

    public init(id: Int? = nil, values: [String: JSONValue] = [:]) {
        self.id = id
        self.values = values
    }

    public static let imageFields: [ImageFieldDeclaration<DynamicRecord>] = []

    /// Counted only in records that have it already: those of a model whose type declares it.
    public var revision: Int? {
        get { if case .integer(let count)? = values["revision"] { count } else { nil } }
        set { if revision != nil, let newValue { values["revision"] = .integer(newValue) } }
    }

    /// The image under a key, or nil if there is none.
    public subscript(image name: String) -> ImageField? {
        get {
            if let content = pending[name] { return .pending(content) }
            return values[name].flatMap { StoredImage($0) }.map { .stored($0) }
        }
        set {
            pending[name] = nil
            values[name] = nil
            switch newValue {
            case .pending(let content): pending[name] = content
            case .stored(let image): values[name] = image.json
            case nil: break
            }
        }
    }

    /// The keys of all images, sorted.
    public var imageNames: [String] {
        (Array(pending.keys) + values.filter { StoredImage($0.value) != nil }.keys).sorted()
    }
}

extension DynamicRecord: Codable {
    public init(from decoder: any Decoder) throws {
        values = try [String: JSONValue](from: decoder)
        guard case .integer(let id)? = values.removeValue(forKey: "id") else { return }
        self.id = id
    }

    public func encode(to encoder: any Encoder) throws {
        for content in pending.values { try ImageField.pending(content).encode(to: encoder) }
        try json.encode(to: encoder)
    }

    /// The record as it is written: an object with all values and the id. Pending images are not in it.
    public var json: JSONValue {
        var all = values
        all["id"] = id.map { .integer($0) }
        return .object(all)
    }
}

extension StoredImage {
    /// As `Codable` writes it.
    var json: JSONValue {
        var values: [String: JSONValue] = [
            "name": .string(name.description), "width": .integer(width), "height": .integer(height),
            "format": .string(format.rawValue), "bytes": .integer(bytes), "crc32": .integer(Int(crc32)),
        ]
        if !variants.isEmpty { values["variants"] = .object(variants.mapValues(\.json)) }
        return .object(values)
    }

    init?(_ json: JSONValue) {
        guard case .object(let values) = json, case .string(let path)? = values["name"],
            case .integer(let width)? = values["width"], case .integer(let height)? = values["height"],
            case .string(let format)? = values["format"], case .integer(let bytes)? = values["bytes"],
            case .integer(let crc)? = values["crc32"], let name = try? RelativePath(path),
            let format = ImageFormat(rawValue: format), let crc32 = UInt32(exactly: crc)
        else { return nil }
        self.init(name: name, width: width, height: height, format: format, bytes: bytes, crc32: crc32)
        guard case .object(let variants)? = values["variants"] else { return }
        self.variants = variants.compactMapValues { StoredImage($0) }
    }
}
