// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who uses Tintype resolves the benchmark library.
// Run it in this folder: swift package benchmark
let benchmark = Target.Dependency.product(name: "Benchmark", package: "benchmark")
let tintype = Target.Dependency.product(name: "Tintype", package: "Tintype")
let kernels = Target.Dependency.product(name: "TintypeKernels", package: "Tintype")

func suite(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: name, dependencies: ["Stages", benchmark] + dependencies, path: "Benchmarks/\(name)",
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "Tintype", path: ".."),
        // Without its traits it counts no allocations, and needs no interposer.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .target(name: "Stages", dependencies: [benchmark], path: "Benchmarks/Stages"),
        suite("Kernels", kernels),
        suite("Codecs", tintype),
        suite("Resampling", tintype),
    ]
)
