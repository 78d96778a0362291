import FoundationEssentials

/// The pictures that the package ships for its tests, made by `TestImages/make.py`.
public enum TestImages {
    /// The path of the folder that holds them.
    public static let folder = Checkout.root + "/TestImages"

    /// The bytes of the file `name` in that folder.
    public static func bytes(_ name: String) throws -> [UInt8] {
        try Checkout.bytes(ofFile: "\(folder)/\(name)")
    }
}

/// Where this checkout of the package lies.
enum Checkout {
    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    static func bytes(ofFile path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
}
