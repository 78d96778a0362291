public import Tintype

/// A kind of record, some of whose properties are images.
///
///     struct Photo: Model {
///         var id: Int?
///         var title = ""
///         var image: ImageField?
///         static let imageFields: [ImageFieldDeclaration<Photo>] = [
///             ImageFieldDeclaration("image", \.image, uploadTo: .dated("photos/%Y/%m"))
///         ]
///     }
public protocol Model: Codable, Sendable {
    /// Nil until the record is saved; then unique among the records of the model for ever.
    var id: Int? { get set }
    /// How often the record was saved. A model that declares it (`var revision: Int?`) is safe against two people who change one record at the
    /// same time: saving a record that somebody else has saved since it was read throws `conflict`.
    var revision: Int? { get set }
    /// What errors and the file of records call the model: letters, digits and `_`. By default the type's name.
    static var modelName: String { get }
    static var imageFields: [ImageFieldDeclaration<Self>] { get }
}

extension Model {
    public static var modelName: String { String(describing: Self.self) }
    public var revision: Int? {
        get { nil }
        set {}
    }
}

/// Says that a property of a model is an image, what it may hold, where its files go, and what is made of them.
public struct ImageFieldDeclaration<Record>: Sendable {
    public typealias Property = any WritableKeyPath<Record, ImageField?> & Sendable
    /// What errors call the field.
    public let name: String
    public let property: Property
    public let uploadTo: UploadTo<Record>
    /// What an image must be; nil: what the store's rules say.
    public let rules: ImageRules?
    /// What is stored in place of the image that was given: `Thumbnail(fitting: Size(800, 600), as: .jpeg(quality: 85))`.
    public let saving: Thumbnail?
    /// Further pictures to be made of the image and stored with it, by name.
    public let variants: [String: Thumbnail]

    public init(
        _ name: String, _ property: Property, uploadTo: UploadTo<Record> = .dated(""), rules: ImageRules? = nil,
        saving: Thumbnail? = nil, variants: [String: Thumbnail] = [:]
    ) {
        self.name = name
        self.property = property
        self.uploadTo = uploadTo
        self.rules = rules
        self.saving = saving
        self.variants = variants
    }

    /// Throws `invalidName` where a file can never be put there, or a variant cannot be called so.
    package func check() throws(StoreError) {
        try uploadTo.check()
        for name in variants.keys where try FileName(cleaning: name).string != name || name.contains(".") {
            throw .invalidName(name, reason: "a variant is called by letters, digits, - and _")
        }
    }
}
