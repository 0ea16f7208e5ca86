// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// How calls are parked.
public struct ShowParking: Command {
    public static let name = "park.show"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> ParkingSettings {
        administrator.store.snapshot.outside.routing.parking
    }
}

/// Says how many calls can be parked, for how long, and who may take them. What is not named stays.
public struct SetParking: Command {
    public static let name = "park.set"
    public static let rights: [Right] = [.changeNumbers]

    public let places: Int?
    public let seconds: Int?
    public let reach: ParkingSettings.Reach?

    public init(places: Int? = nil, seconds: Int? = nil, reach: ParkingSettings.Reach? = nil) {
        (self.places, self.seconds, self.reach) = (places, seconds, reach)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ParkingSettings {
        guard places != nil || seconds != nil || reach != nil else { throw .nothingAsked() }
        let old = administrator.store.snapshot.outside.routing.parking
        let new = ParkingSettings(
            places: places ?? old.places,
            seconds: seconds ?? old.seconds,
            reach: reach ?? old.reach
        )
        guard let new else { throw .badParking }
        guard new != old else { throw .parkingIsSo }
        try await administrator.change(
            [.outside(.route(.park(new)))],
            [caller.draft(Self.name, "parking", JournalDetail.of(old, became: new))],
            notice: "\(new.sentence), by \(caller.name)"
        )
        return new
    }
}

extension ParkingSettings {
    /// For people.
    public var sentence: String {
        guard let first = all.first, let last = all.last else { return "No calls are parked" }
        let whom = reach == .everybody ? "every phone" : "the pick-up group of whoever parked it"
        return "Calls are parked at \(first) to \(last), taken by \(whom), and come back after \(seconds) seconds"
    }
}

extension Refusal {
    fileprivate static let badParking = Self(
        problem: "How calls are parked was not changed.",
        reason: "there are 0 to \(Model.Limits.parkingPlaces) places, and a call comes back after "
            + "\(Model.Limits.parkingSeconds.lowerBound) to \(Model.Limits.parkingSeconds.upperBound) seconds",
        remedy: "give numbers in between: ringfence park set --places 9 --seconds 120"
    )

    fileprivate static let parkingIsSo = Self(
        problem: "Calls are parked as you want it already.",
        reason: "there is nothing to change",
        remedy: "look at it: ringfence park show"
    )
}
