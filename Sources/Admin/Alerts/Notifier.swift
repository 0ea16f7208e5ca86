// SPDX-License-Identifier: Apache-2.0

public import Model

/// Tells people what is wrong although nobody asked. Implemented by `Server`, which logs.
public protocol Notifier: Sendable {
    func notify(_ finding: Finding) async
}
