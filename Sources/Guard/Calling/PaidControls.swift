// SPDX-License-Identifier: Apache-2.0

public import Model

/// The controls of calls that cost money, until all four faces of each stand: a control exists in full or not at all.
public enum PaidControls {
    public static let countryDialing: Control? = nil
    public static let premiumNumbers: Control? = nil
    public static let trunkEncryption: Control? = .trunkEncryption
    public static let callerTrust: Control? = .callerTrust
    public static let spendLimit: Control? = nil
}
