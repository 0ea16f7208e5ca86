// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import Foundation
import PackageDescription

let environment = ProcessInfo.processInfo.environment

/// `RINGFENCE_STRICT=1`, which the Makefile sets: a warning in a target of ours is an error. `-warnings-as-errors` cannot
/// do it, because it contradicts what packages of others are built with.
let isStrict = environment["RINGFENCE_STRICT"] == "1"

/// Every Swift target compiles with these.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// Targets that read bytes a stranger sent also promise not to use unsafe constructs.
let untrusted: [SwiftSetting] = strict + [.strictMemorySafety()]

/// `RINGFENCE_CORE=1` leaves out what needs packages of others: layers 0 to 2 build in seconds.
let coreOnly = environment["RINGFENCE_CORE"] == "1"

let package = Package(
    name: "Ringfence",
    targets: [
        // Layer 0: values and bytes.
        .target(name: "Primitives", swiftSettings: untrusted),
        .target(name: "CCrypto", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "SIP", dependencies: ["Primitives", "CCrypto"], swiftSettings: untrusted),
        .target(name: "Media", dependencies: ["Primitives", "CCrypto"], swiftSettings: untrusted),
        // Layer 1: what a business has, and what it may do.
        .target(name: "Model", dependencies: ["Primitives"], swiftSettings: strict),
        .target(
            name: "Guard",
            dependencies: ["Primitives", "Model"],
            exclude: ["Guard.docc"],
            swiftSettings: strict
        ),
        // Layer 2: the phone system as one state machine.
        .target(
            name: "Calls",
            dependencies: ["Primitives", "SIP", "Media", "Model", "Guard"],
            swiftSettings: untrusted
        ),
        // Layer 4, but without packages of others: it sees the live system as values and the network as closures.
        .target(
            name: "Audit",
            dependencies: ["Primitives", "SIP", "Media", "Model", "Guard"],
            swiftSettings: strict
        ),
        // Tests and measurements.
        .target(name: "CAllocations"),
        .target(name: "TestKit", dependencies: ["CAllocations", "Primitives"], swiftSettings: strict),
        .executableTarget(
            name: "FraudBench",
            dependencies: ["Primitives", "Model", "Guard"],
            path: "Bench/Fraud",
            exclude: ["README.md", "Scenarios.sha256"],
            swiftSettings: strict
        ),
        .testTarget(name: "FraudBenchTests", dependencies: ["FraudBench"], swiftSettings: strict),
        .testTarget(name: "PrimitivesTests", dependencies: ["Primitives", "TestKit"], swiftSettings: strict),
        .testTarget(name: "SIPTests", dependencies: ["SIP", "Primitives", "TestKit"], swiftSettings: strict),
        .testTarget(name: "MediaTests", dependencies: ["Media", "Primitives", "TestKit"], swiftSettings: strict),
        .testTarget(name: "ModelTests", dependencies: ["Model", "Primitives", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "GuardTests",
            dependencies: ["Guard", "Model", "Primitives", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CallsTests",
            dependencies: ["Calls", "Guard", "Media", "Model", "Primitives", "SIP", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AuditTests",
            dependencies: ["Audit", "Calls", "Guard", "Media", "Model", "Primitives", "SIP", "TestKit"],
            swiftSettings: strict
        ),
    ]
)

if !coreOnly {
    // Exactly these: a build takes what was looked at, not what is newest. `Scripts/versions` has the commit of each, and of what
    // they bring along.
    package.dependencies += [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ]
    package.targets += [
        // Layer 3: what is kept, and everything an operator can do.
        .target(
            name: "Store",
            dependencies: [
                "Primitives", "Model",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Admin",
            dependencies: [
                "Primitives", "SIP", "Model", "Guard", "Store", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        // Layer 4: sockets, clocks and proofs.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CNetwork", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(
            name: "Server",
            dependencies: [
                "Primitives", "SIP", "Media", "Model", "Guard", "Calls", "Store", "Admin", "Audit", "CCurl", "CNetwork",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        // Pages, style and script, as bytes of the program.
        .target(name: "CPages"),
        .target(
            name: "Portal",
            dependencies: [
                "Primitives", "Model", "Guard", "Store", "Admin", "CArgon2", "CPages", "CQREncode",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Pages"],
            swiftSettings: strict
        ),
        // Layer 5: the one program.
        .executableTarget(
            name: "ringfence",
            dependencies: [
                "Primitives", "Model", "Guard", "Store", "Admin", "Audit", "Server", "Portal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Bench",
            dependencies: ["Primitives", "SIP", "Media", "Model", "Guard", "Calls", "Store", "Server", "TestKit"],
            path: "Bench",
            exclude: [
                "bench-media", "bench-registration", "bench-calls", "bench-flood", "bench-calls-under-flood",
                "bench-businesses", "bench-hostile-logins", "bench-paid-calls", "businesses.py", "callers.py",
                "hostile.py",
                "peers.py", "provider.py", "srtp.py", "talkers.py", "Fraud", "server-name.h",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "Model", "Primitives", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AdminTests",
            dependencies: [
                "Admin", "Guard", "Model", "Primitives", "SIP", "Store",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Calls", "Guard", "Model", "Primitives", "SIP", "Media", "Store", "Admin", "Audit",
                "CNetwork", "Portal", "TestKit",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PortalTests",
            dependencies: [
                "Portal", "Admin", "Guard", "Model", "Primitives",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: ["ringfence", "Admin", "Guard", "Model", "Portal", "Primitives", "Server", "Store"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "Interop",
            dependencies: ["ringfence", "TestKit"],
            exclude: ["Lab"],
            swiftSettings: strict
        ),
    ]
}

// Only `Scripts/fuzz` asks for it: libFuzzer brings the `main`.
if environment["RINGFENCE_FUZZ"] == "1" {
    package.targets += [
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Primitives", "SIP", "Media", "Model", "Guard", "Calls", "TestKit"],
            path: "Fuzz",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]
        )
    ]
}
