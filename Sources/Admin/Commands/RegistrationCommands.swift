// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// The phones that are registered at this moment.
public struct ListRegistrations: ExtensionCommand {
    public static let name = "registration.list"
    public static let rights: [Right] = [.seeRegistrations]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }
    public static func owners(of list: [RegistrationReport]) -> [[ExtensionNumber]] { list.map { [$0.extension] } }

    public func run(in administrator: isolated Administrator, for caller: Caller) async -> [RegistrationReport] {
        await administrator.engine.live(.registrations).registrations.filter { caller.permit.covers($0.extension) }
    }
}
