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
    /// What errors and the file of records call the model: letters, digits and `_`. By default the type's name.
    static var modelName: String { get }
    static var imageFields: [ImageFieldDeclaration<Self>] { get }
}

extension Model {
    public static var modelName: String { String(describing: Self.self) }
}

/// Says that a property of a model is an image, and where its files go.
public struct ImageFieldDeclaration<Record>: Sendable {
    public typealias Property = any WritableKeyPath<Record, ImageField?> & Sendable
    /// What errors call the field.
    public let name: String
    public let property: Property
    public let uploadTo: UploadTo<Record>

    public init(_ name: String, _ property: Property, uploadTo: UploadTo<Record> = .dated("")) {
        self.name = name
        self.property = property
        self.uploadTo = uploadTo
    }
}
