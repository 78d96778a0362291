// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who uses Tintype resolves the benchmark library.
// Run it in this folder: swift package benchmark
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "Tintype", path: ".."),
        // Without its traits it counts no allocations, and needs no interposer.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: ["Resampling", "Codecs"].map { name in
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: "Tintype", package: "Tintype"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/\(name)",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    }
)
