// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with.
var settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// CI sets this; a newer compiler's warnings are no reason for somebody else's build to fail.
if Context.environment["TINTYPE_WARNINGS"] == "error" { settings.append(.treatAllWarnings(as: .error)) }

/// Pixel loops are some fifty times slower unoptimised, so `swift run` and `swift test` optimise these targets too.
let hot = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// AVX2 kernels stand in a module of their own: its flags hold for all of its code, which runs only where `CPUTier` has seen the processor.
#if arch(x86_64)
    let avx2 = hot + [.unsafeFlags(["-Xcc", "-mavx2", "-Xcc", "-mbmi2", "-Xcc", "-mfma"])]
#else
    let avx2 = hot
#endif

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "Tintype",
    products: [
        .library(name: "Tintype", targets: ["Tintype"]),
        .library(name: "TintypeStore", targets: ["TintypeStore"]),
        .library(name: "TintypeStoreConformance", targets: ["TintypeStoreConformance"]),
        // For Benchmarks/, which measures kernels by themselves.
        .library(name: "TintypeKernels", targets: ["TintypeKernels"]),
        .executable(name: "imgtool", targets: ["imgtool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "TintypeCore", dependencies: ["TintypeKernels"], swiftSettings: hot),
        .target(name: "TintypeKernelsAVX2", swiftSettings: avx2),
        .target(
            name: "TintypeKernels", dependencies: ["TintypeKernelsAVX2"], exclude: ["NOTES.md"], swiftSettings: hot),
        .target(name: "TintypeJPEG", dependencies: ["TintypeCore", "TintypeKernels"], swiftSettings: hot),
        .target(name: "TintypePNG", dependencies: ["CZlib", "TintypeCore", "TintypeKernels"], swiftSettings: hot),
        .target(name: "TintypeQuantize", dependencies: ["TintypeCore"], swiftSettings: hot),
        .target(
            name: "TintypeGIF", dependencies: ["TintypeCore", "TintypeKernels", "TintypeQuantize"], swiftSettings: hot),
        .target(name: "TintypeNetpbm", dependencies: ["TintypeCore"], swiftSettings: hot),
        .target(name: "TintypeResample", dependencies: ["TintypeCore", "TintypeKernels"], swiftSettings: hot),
        .target(name: "TintypeColor", dependencies: ["TintypeCore", "TintypeKernels"], swiftSettings: hot),
        .target(
            name: "Tintype",
            dependencies: [
                "TintypeCore", "TintypeKernels", "TintypeJPEG", "TintypePNG", "TintypeGIF", "TintypeNetpbm",
                "TintypeQuantize", "TintypeResample", "TintypeColor", system,
            ], swiftSettings: hot),
        .target(name: "TintypeStore", dependencies: ["Tintype", "TintypePNG", system], swiftSettings: hot),
        .target(
            name: "TintypeStoreConformance", dependencies: ["TintypeStore", "TintypeCore"], swiftSettings: settings),
        .executableTarget(
            name: "imgtool",
            dependencies: [
                "Tintype", "TintypeKernels", "TintypeStore", system,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings,
            // Without shared libraries of Swift to find and to link, the tool starts sooner.
            linkerSettings: [
                .unsafeFlags(
                    ["-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims"],
                    .when(platforms: [.linux], configuration: .release))
            ]),

        .target(
            name: "TestSupport", dependencies: ["Tintype", "CZlib", system], path: "Tests/TestSupport",
            swiftSettings: hot),
        .testTarget(name: "TintypeCoreTests", dependencies: ["TintypeCore", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TintypeKernelsTests", dependencies: ["TintypeKernels", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TintypeJPEGTests", dependencies: ["TintypeJPEG", "TintypeKernels", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "TintypePNGTests", dependencies: ["TintypePNG", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "TintypeGIFTests", dependencies: ["TintypeGIF", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TintypeQuantizeTests", dependencies: ["TintypeQuantize", "Tintype", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "TintypeNetpbmTests", dependencies: ["TintypeNetpbm", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "TintypeResampleTests", dependencies: ["TintypeResample", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "TintypeColorTests", dependencies: ["TintypeColor", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "TintypeTests", dependencies: ["Tintype", "TestSupport", system], swiftSettings: settings),
        .testTarget(
            name: "TintypeStoreTests",
            dependencies: ["TintypeStore", "TintypeStoreConformance", "Tintype", "TestSupport", system],
            swiftSettings: settings),
        .testTarget(name: "ImgtoolTests", dependencies: ["imgtool", "TestSupport", system], swiftSettings: settings),
    ]
)
