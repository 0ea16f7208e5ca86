// SPDX-License-Identifier: Apache-2.0

public import Model

/// What a speed dial stands for. It is judged as if its number had been dialled, and gives no right to call it.
public enum SpeedDialRules {
    /// - Parameter number: Whose phone it was dialled at.
    /// - Returns: What is judged in its place; what was dialled where it is none. A number for help is dialled by people only, in
    ///   full, whatever somebody has set.
    public static func meaning(
        of dialled: String,
        at number: ExtensionNumber,
        in routing: RoutingSettings,
        by plan: DialPlan
    ) -> String {
        guard let key = SpeedDials.Key(dialled: dialled), let target = routing.target(of: key, at: number),
            plan.help(target.text) == nil
        else { return dialled }
        return target.text
    }
}
